//go:build amd64 || arm64

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// about is what is known of the running kernel.
type about struct {
	Offer   Offer
	Reasons map[uint32]string // see reasons
	Stack   []string          // the names of the functions that the programs look for on a stack; none where there are reasons
}

// loaded are programs in the kernel.
type loaded struct {
	about
	all   *ebpf.Collection
	links []link.Link
}

// permitted tries whether programs may be loaded, as far as that can be told
// cheaply: to read the kernel's BTF takes tens of milliseconds.
func permitted() error {
	m, err := ebpf.NewMap(&ebpf.MapSpec{Type: ebpf.RingBuf, MaxEntries: 64 << 10})
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	if err == nil {
		m.Close()
	}
	return nil // another error comes again, in words that say where
}

var errNoBTF = errors.New("the kernel has no BTF, which says where its structures have their fields")

// study reads what the running kernel has of what is asked for, takes out of the
// programs what it has not, and writes into them what is asked for.
func study(o Options, known *btf.Cache) (*ebpf.CollectionSpec, about, error) {
	types, err := known.Kernel()
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ebpf.ErrNotSupported) {
		err = errNoBTF
	}
	if err != nil {
		return nil, about{}, err
	}
	spec, err := loadSignals()
	if err != nil {
		return nil, about{}, err
	}
	a := about{}
	if a.Offer, err = choose(spec, types, o); err != nil {
		return nil, about{}, err
	}
	if a.Offer.Reasons {
		a.Reasons = reasons(types)
	} else {
		places := functions(o)
		for _, f := range places {
			a.Stack = append(a.Stack, f.name)
		}
		a.Offer.Stacks = len(places) > 0
		err = spec.Variables["functions"].Set(places.fixed())
	}
	if err == nil {
		err = set(spec, types, o)
	}
	return spec, a, err
}

// shrink makes the maps no larger than what is asked for takes: the kernel
// allocates them whole.
func shrink(spec *ebpf.CollectionSpec, o Options) {
	if !o.Calls {
		spec.Maps["waiting"].MaxEntries = 1
		spec.Maps["records"].MaxEntries = 1 << 20 // some 7,000 records: the reader runs all the time
	}
	if len(o.Processes) == 0 {
		spec.Maps["processes"].MaxEntries, spec.Maps["sockets"].MaxEntries = 1, 1
	}
}

// functions are where the kernel's functions are that tell why an RST is sent;
// none where that is hidden.
func functions(o Options) places {
	f, err := os.Open("/proc/kallsyms")
	if err != nil || o.Lack&NoSymbols != 0 {
		return nil
	}
	defer f.Close()
	list, err := readPlaces(f, kernel.Functions())
	if err != nil || len(list) > maxPlaces {
		return nil // half of them would tell it wrong
	}
	return list
}

// load loads the programs. They do not run before attach. What is known of the
// kernel's types is used and added to: to read them takes longer than all else.
func load(o Options, known *btf.Cache) (*loaded, error) {
	if err := rlimit.RemoveMemlock(); err != nil { // before Linux 5.11 maps count as locked memory
		return nil, err
	}
	if err := permitted(); err != nil {
		return nil, err
	}
	spec, a, err := study(o, known)
	if err != nil {
		return nil, err
	}
	shrink(spec, o)
	all, err := ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{Cache: known})
	if err != nil {
		return nil, err
	}
	return &loaded{about: a, all: all}, nil
}

// attach says what is wanted, then lets the programs run.
func (l *loaded) attach(o Options) error {
	for _, port := range o.Ports {
		if err := l.all.Maps["ports"].Put(port, uint8(1)); err != nil {
			return fmt.Errorf("port %d: %w", port, err)
		}
	}
	for _, pid := range o.Processes {
		if err := l.all.Maps["processes"].Put(uint32(pid), uint8(1)); err != nil {
			return fmt.Errorf("process %d: %w", pid, err)
		}
	}
	for name, prog := range l.all.Programs {
		link, err := link.AttachTracing(link.TracingOptions{Program: prog, AttachType: ebpf.AttachTraceRawTp})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		l.links = append(l.links, link)
	}
	return nil
}

// close takes the programs out of the kernel.
func (l *loaded) close() (err error) {
	for _, link := range l.links {
		err = errors.Join(err, link.Close())
	}
	l.links = nil
	l.all.Close()
	return err
}
