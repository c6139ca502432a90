# A thin wrapper over ./dev, for those who are used to make.
.PHONY: run test check fmt demo bench shell lock help
help run test check fmt demo bench shell lock:
	@./dev $@ $(ARGS)
