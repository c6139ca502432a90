"""The demo company: a paper and label converter at work, made by calling the same actions that its people call."""
