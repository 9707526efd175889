"""政务内网 (非涉密办公区): what officials use."""
