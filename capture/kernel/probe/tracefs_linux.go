package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// tracing is where tracefs is mounted.
const tracing = "/sys/kernel/tracing"

// prefix begins the names of the instances that a process makes; its number
// follows.
const prefix = "rstwatch-"

// tracer hears the kernel through an instance of tracefs of its own: where eBPF is
// refused and files of the kernel's are not. It is told of the whole machine, and
// leaves out by port what is not asked for. Two namespaces may use one port: where
// the own one alone is asked for, what names no peer is left out, too.
type tracer struct {
	mu    sync.Mutex
	dir   string
	table table
	offer Offer
	ports []uint16
	own   bool
	lack  Lack
	on    *os.File // tracing_on
	pipe  int      // trace_pipe, which gives each event once
	rest  string   // a line that has not come to its end
}

// trace makes an instance under the directory of tracefs. It takes the right to
// write there, until it has returned.
func trace(root string, o Options) (t *tracer, err error) {
	if len(o.Processes) > 0 || o.Calls {
		return nil, fmt.Errorf("tracefs tells of no calls: %w", errors.ErrUnsupported)
	}
	reap(filepath.Join(root, "instances"))
	t = &tracer{dir: filepath.Join(root, "instances", prefix+strconv.Itoa(os.Getpid())), ports: o.Ports, own: o.Own, lack: o.Lack, pipe: -1,
		offer: Offer{Backend: "tracefs", Whole: !o.Own}, table: table{errnos: func(n int) string { return unix.ErrnoName(unix.Errno(n)) }}}
	for n := 1; ; n++ { // a process may hear several times
		err := os.Mkdir(t.dir, 0o700)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		t.dir = filepath.Join(root, "instances", fmt.Sprintf("%s%d-%d", prefix, os.Getpid(), n))
	}
	if err := t.begin(); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

// reap removes the instances of processes that have ended and left theirs.
func reap(instances string) {
	list, err := os.ReadDir(instances)
	if err != nil {
		return // making one will fail and say why
	}
	for _, entry := range list {
		number, ok := strings.CutPrefix(entry.Name(), prefix)
		number, _, _ = strings.Cut(number, "-")
		pid, err := strconv.Atoi(number)
		if ok && err == nil && pid > 0 && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			os.Remove(filepath.Join(instances, entry.Name())) // or the next start does
		}
	}
}

// begin switches on what the kernel has.
func (t *tracer) begin() (err error) {
	for _, set := range [][2]string{{"trace_clock", "mono"}, {"buffer_size_kb", "1024"}} {
		if err := t.write(set[0], set[1]); err != nil {
			return err
		}
	}
	_ = t.write("options/record-cmd", "0") // names are not read; root of another user namespace may not say so
	if t.on, err = os.OpenFile(filepath.Join(t.dir, "tracing_on"), os.O_WRONLY, 0); err != nil {
		return err
	}
	if t.pipe, err = unix.Open(filepath.Join(t.dir, "trace_pipe"), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err != nil {
		return &os.PathError{Op: "open", Path: filepath.Join(t.dir, "trace_pipe"), Err: err}
	}
	for _, k := range kernel.Kinds()[:kernel.Retransmit] {
		if !slices.Contains(textKinds, k) {
			t.offer.Missing = append(t.offer.Missing, k)
			continue
		}
		event := filepath.Join("events", group(k), k.String())
		switch err := t.write(filepath.Join(event, "enable"), "1"); {
		case errors.Is(err, fs.ErrNotExist):
			t.offer.Missing = append(t.offer.Missing, k)
			continue
		case err != nil:
			return err
		}
		t.offer.Kinds = append(t.offer.Kinds, k)
		if k == kernel.SendReset {
			format, err := os.ReadFile(filepath.Join(t.dir, event, "format"))
			if err != nil {
				return err
			}
			t.offer.Reasons = strings.Contains(string(format), " reason;") && t.lack&NoReasons == 0
		}
	}
	return nil
}

// group is the folder of an event in tracefs.
func group(k kernel.Kind) string {
	switch k {
	case kernel.ErrorReport, kernel.SetState:
		return "sock"
	}
	return "tcp"
}

func (t *tracer) write(name, text string) error {
	return os.WriteFile(filepath.Join(t.dir, name), []byte(text), 0)
}

// take reads what has come since the last time. An event is in the pipe once it
// has been raised, so it does not wait.
func (t *tracer) take() (signals []kernel.Signal, lost uint64, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	table := t.table
	table.clock = clock()
	buffer := make([]byte, 64<<10)
	for {
		n, err := unix.Read(t.pipe, buffer)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN, err == nil && n == 0:
			return signals, lost, nil
		case err != nil:
			return signals, lost, &os.PathError{Op: "read", Path: "trace_pipe", Err: err}
		}
		t.rest += string(buffer[:n])
		for {
			text, rest, whole := strings.Cut(t.rest, "\n")
			if !whole {
				break
			}
			t.rest = rest
			s, missed, ok := table.line(text)
			lost += missed
			if !t.offer.Reasons {
				s.Reason = ""
			}
			if ok && missed == 0 && t.wants(&s) {
				signals = append(signals, s)
			}
		}
	}
}

func (t *tracer) wants(s *kernel.Signal) bool {
	if s.Kind == 0 || t.own && s.Remote.Addr().IsUnspecified() {
		return false
	}
	return (len(t.ports) == 0 || slices.Contains(t.ports, s.Local.Port()) || slices.Contains(t.ports, s.Remote.Port()))
}

// close stops the events and removes the instance; where the right to do that has
// been given up, the next start does.
func (t *tracer) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on != nil {
		t.on.WriteString("0") // an instance that can not be removed costs nothing then
		t.on.Close()
		t.on = nil
	}
	if t.pipe >= 0 {
		unix.Close(t.pipe)
		t.pipe = -1
	}
	if err := os.Remove(t.dir); err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
