package sandbox

import "fmt"

// Report says which steps towards a working sandbox succeed here; nil is
// success. A step that was not reached has the error of the step before it.
type Report struct {
	User     error // a user namespace can be made
	Net      error // and a network namespace with it
	Packet   error // a packet socket can be opened inside, which is what capturing takes
	Loopback error // the loopback interface inside can be brought up

	Settings []Setting // kernel settings found in the way, whether or not a step failed
}

// Err returns the first step's error, which is an [ErrForbidden] or an
// [ErrStripped] where it is one of the two; nil if sandboxes work.
func (r Report) Err() error {
	for _, err := range []error{r.User, r.Net, r.Packet, r.Loopback} {
		if err != nil {
			return err
		}
	}
	return nil
}

// failed fills in the steps after one that failed with err.
func failed(err error, rest ...*error) {
	for _, step := range rest {
		*step = fmt.Errorf("not tried: %w", err)
	}
}
