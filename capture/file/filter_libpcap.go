//go:build cgo && !purego && (linux || darwin)

package file

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"github.com/google/gopacket"
	libpcap "github.com/google/gopacket/pcap"

	"github.com/rstwatch/rstwatch/capture"
)

// program is a filter compiled by libpcap.
type program struct{ bpf *libpcap.BPF }

// compile compiles an expression for packets of a link type. libpcap takes that
// from a file: its call for a bare link type wants the system's own number
// instead, and gopacket makes it eight bits wide.
func compile(link capture.LinkType, expression string) (*program, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	_, err = w.Write(emptyPcap(link))
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	h, err := libpcap.OpenOffline(fmt.Sprintf("/dev/fd/%d", r.Fd()))
	if err != nil {
		return nil, err
	}
	defer h.Close()
	bpf, err := h.NewBPF(expression)
	if err != nil {
		return nil, err
	}
	return &program{bpf}, nil
}

// emptyPcap is a file without packets.
func emptyPcap(link capture.LinkType) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, pcapMicro)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = le.AppendUint32(b, maxFrame)
	return le.AppendUint32(b, uint32(link))
}

func (p *program) match(data []byte, wire int) bool {
	return p.bpf.Matches(gopacket.CaptureInfo{CaptureLength: len(data), Length: wire}, data)
}
