package probe

// archCalls are those that only this architecture has.
func archCalls() []socketCall { return nil }
