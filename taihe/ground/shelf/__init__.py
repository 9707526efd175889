"""搁置任务: what the queue could not carry out, for the operator to try again or to give up with a reason."""
