"""The order's pages. Views translate; actions decide."""
