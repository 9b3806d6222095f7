package file_test

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/rstwatch/rstwatch/capture"
)

// capture.Decode reads fixed offsets; gopacket takes a frame apart layer by
// layer. The tests here hold one against the other, on captures that others
// made and on whatever the fuzzer thinks of.

// FuzzDecode compares both on any octets. extra is how much longer the frame
// was on the wire.
func FuzzDecode(f *testing.F) {
	for _, seed := range decodeSeeds() {
		if s, err := capture.Decode(time.Time{}, seed); err != nil || s.Len != 5 || !s.Options.HasScale {
			f.Fatalf("seed % x: %+v, %v", seed.Data, s, err)
		}
		for _, extra := range []uint16{0, 300} {
			f.Add(uint8(seed.Link), extra, seed.Data)
		}
		f.Add(uint8(seed.Link), uint16(20), seed.Data[:len(seed.Data)-20])
	}
	f.Fuzz(func(t *testing.T, link uint8, extra uint16, data []byte) {
		fr := capture.Frame{Link: capture.LinkType(link), Data: data, Wire: len(data) + int(extra)}
		if msg := disagreement(fr); msg != "" {
			t.Errorf("link type %d, % x: %s", link, data, msg)
		}
	})
}

// TestDecodeAgreesWithGopacket reads every capture below the folder that
// RSTWATCH_PCAPS names, or ../shared beside the repository.
func TestDecodeAgreesWithGopacket(t *testing.T) {
	root := os.Getenv("RSTWATCH_PCAPS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	files := captureFilesBelow(t, root)
	segments := 0
	for _, name := range files {
		n := 0
		for fr := range framesIn(t, name) {
			n++
			if msg := disagreement(fr); msg != "" {
				t.Errorf("%s: frame %d: %s", name, n, msg)
			}
			if _, err := capture.Decode(time.Time{}, fr); err == nil {
				segments++
			}
		}
	}
	if segments < len(files) {
		t.Errorf("only %d segments in %d files", segments, len(files))
	}
	t.Logf("%d segments in %d files", segments, len(files))
}

// disagreement says where Decode and gopacket differ about fr; "" if nowhere,
// or only where the difference is known and meant.
func disagreement(fr capture.Frame) string {
	got, err := capture.Decode(time.Time{}, fr)
	if got.ICMP.Is() {
		return "" // what an ICMP error quotes is no layer of gopacket's
	}
	first, known := firstLayerOf(fr.Link)
	if fr.Link == capture.LinkCooked2 {
		return "" // gopacket does not know it
	}
	if !known {
		return sayUnless(errors.Is(err, capture.ErrLinkType), "error %v, want ErrLinkType", err)
	}
	want, made := gopacketReads(gopacket.NewPacket(fr.Data, first, gopacket.NoCopy), fr)
	switch made {
	case gopacketSilent:
		return ""
	case gopacketRefused:
		return sayUnless(err != nil, "Decode accepts %+v", got)
	}
	if err != nil {
		return fmt.Sprintf("Decode: %v; gopacket: %+v", err, want)
	}
	got.Frame, got.Fragment = capture.Frame{}, false
	return sayUnless(reflect.DeepEqual(got, want), "Decode %+v; gopacket %+v", got, want)
}

func sayUnless(ok bool, format string, args ...any) string {
	if ok {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

// gopacketVerdict is what gopacket makes of a frame.
type gopacketVerdict int

const (
	gopacketSegment gopacketVerdict = iota // a TCP segment, to be compared field by field
	gopacketRefused                        // surely none
	gopacketSilent                         // gopacket gave up, or left a fragment for others to join
)

func firstLayerOf(link capture.LinkType) (gopacket.Decoder, bool) {
	switch link {
	case capture.LinkEthernet:
		return layers.LayerTypeEthernet, true
	case capture.LinkNull, capture.LinkLoop:
		return layers.LayerTypeLoopback, true
	case capture.LinkCooked:
		return layers.LayerTypeLinuxSLL, true
	case capture.LinkRaw, capture.LinkIPv4, capture.LinkIPv6:
		return layers.LinkTypeRaw, true
	default:
		return nil, false
	}
}

// gopacketReads walks through gopacket's layers as far as Decode would go, and builds
// the segment that they show.
func gopacketReads(p gopacket.Packet, fr capture.Frame) (want capture.Segment, v gopacketVerdict) {
	at, end, version := 0, fr.Wire, uint8(0)
	for _, l := range p.Layers() {
		switch l := l.(type) {
		case *layers.Dot1Q:
			if l.Type == 0x9100 { // gopacket knows no tags stacked the old way
				return want, gopacketSilent
			}
		case *layers.Ethernet, *layers.Loopback, *layers.LinuxSLL,
			*layers.IPv6HopByHop, *layers.IPv6Routing, *layers.IPv6Destination, *layers.IPSecAH:
			if _, ah := l.(*layers.IPSecAH); ah && version == 4 {
				return want, gopacketRefused // in IPv4 it is a protocol, not an extension
			}
		case *layers.IPv4:
			if version != 0 || l.Version != 4 {
				return want, gopacketRefused
			}
			version = 4
			want.TTL, want.IPID = l.TTL, l.Id
			want.Src, want.Dst = portlessAddrs(l.SrcIP, l.DstIP)
			// gopacket replaces a length of 0 by that of the captured octets.
			if at+4 <= len(fr.Data) {
				if n := int(binary.BigEndian.Uint16(fr.Data[at+2:])); n != 0 {
					end = at + n
				}
			}
		case *layers.IPv6:
			if version != 0 || l.Version != 6 {
				return want, gopacketRefused
			}
			version = 6
			want.TTL = l.HopLimit
			want.Src, want.Dst = portlessAddrs(l.SrcIP, l.DstIP)
			if l.Length != 0 {
				end = at + 40 + int(l.Length)
			}
		case *layers.TCP:
			if version == 0 {
				return want, gopacketRefused
			}
			return gopacketTCP(want, l, fr, at, end)
		case *gopacket.DecodeFailure, *gopacket.Fragment, *layers.IPv6Fragment:
			return want, gopacketSilent
		default:
			return want, gopacketRefused
		}
		at += len(l.LayerContents())
	}
	return want, gopacketRefused
}

// gopacketTCP completes want from a TCP header at the offset at of a datagram
// that ends at end.
func gopacketTCP(want capture.Segment, l *layers.TCP, fr capture.Frame, at, end int) (capture.Segment, gopacketVerdict) {
	hlen := int(l.DataOffset) * 4
	if len(fr.Data) < at+20 || hlen < 20 || at+hlen > end {
		return want, gopacketRefused
	}
	want.Src = netip.AddrPortFrom(want.Src.Addr(), uint16(l.SrcPort))
	want.Dst = netip.AddrPortFrom(want.Dst.Addr(), uint16(l.DstPort))
	want.Seq, want.Ack = capture.Seq(l.Seq), capture.Seq(l.Ack)
	want.Window = int(l.Window)
	want.Len = end - at - hlen
	for i, set := range []bool{l.FIN, l.SYN, l.RST, l.PSH, l.ACK, l.URG, l.ECE, l.CWR} {
		if set {
			want.Flags |= 1 << i
		}
	}
	if at+hlen > len(fr.Data) { // gopacket reads no option of a header that is cut short
		got, _ := capture.Decode(time.Time{}, fr)
		want.Options = got.Options
		return want, gopacketSegment
	}
	for _, o := range l.Options {
		setTCPOption(&want.Options, o)
	}
	return want, gopacketSegment
}

// setTCPOption stores o. An option that gopacket could not delimit has no data,
// not even an empty slice.
func setTCPOption(to *capture.Options, o layers.TCPOption) {
	d := o.OptionData
	switch {
	case d == nil:
	case o.OptionType == layers.TCPOptionKindMSS && len(d) == 2:
		to.MSS = binary.BigEndian.Uint16(d)
	case o.OptionType == layers.TCPOptionKindWindowScale && len(d) == 1:
		to.HasScale, to.WindowScale = true, min(d[0], 14)
	case o.OptionType == layers.TCPOptionKindSACKPermitted && len(d) == 0:
		to.SACKPermitted = true
	case o.OptionType == layers.TCPOptionKindTimestamps && len(d) == 8:
		to.HasTimestamps = true
		to.TSVal, to.TSEcr = binary.BigEndian.Uint32(d), binary.BigEndian.Uint32(d[4:])
	case o.OptionType == 30:
		to.MPTCP = true
	case o.OptionType == layers.TCPOptionKindSACK && len(d) > 0 && len(d)%8 == 0:
		to.SACK, to.SACKBlocks = [4]capture.Block{}, uint8(len(d)/8)
		for i := range len(d) / 8 {
			to.SACK[i].Left = capture.Seq(binary.BigEndian.Uint32(d[8*i:]))
			to.SACK[i].Right = capture.Seq(binary.BigEndian.Uint32(d[8*i+4:]))
		}
	}
}

func portlessAddrs(src, dst []byte) (netip.AddrPort, netip.AddrPort) {
	a, _ := netip.AddrFromSlice(src)
	b, _ := netip.AddrFromSlice(dst)
	return netip.AddrPortFrom(a, 0), netip.AddrPortFrom(b, 0)
}

// decodeSeeds are one frame of each kind that Decode reads.
func decodeSeeds() []capture.Frame {
	tcp := "0fa00050 01020304 05060708 80120200 00000000 0204ffd7 04020303 07000000 68656c6c 6f"
	tcp4 := "45000039 beef4000 40060000 c0000201 c0000202" + tcp
	tcp6 := "60000000 0025063f 20010db8000000000000000000000001 20010db8000000000000000000000002" + tcp
	routed := "60000000 0035003f 20010db8000000000000000000000001 20010db8000000000000000000000002" +
		"2b00010400000000 0600000000000000" + tcp
	macs := "000000000000 000000000000"
	seeds := []capture.Frame{
		frameFromHex(capture.LinkEthernet, macs+"0800"+tcp4),
		frameFromHex(capture.LinkEthernet, macs+"86dd"+tcp6),
		frameFromHex(capture.LinkEthernet, macs+"86dd"+routed),
		frameFromHex(capture.LinkEthernet, macs+"88a8002a 8100002b 0800"+tcp4),
		frameFromHex(capture.LinkNull, "02000000"+tcp4),
		frameFromHex(capture.LinkNull, "0000001e"+tcp6),
		frameFromHex(capture.LinkLoop, "00000018"+tcp6),
		frameFromHex(capture.LinkRaw, tcp4),
		frameFromHex(capture.LinkIPv6, tcp6),
		frameFromHex(capture.LinkCooked, "0000 0304 0006 000000000000 0000 0800"+tcp4),
		frameFromHex(capture.LinkCooked, "0000 0304 0006 000000000000 0000 8100 002b 86dd"+tcp6),
	}
	return seeds
}

func frameFromHex(link capture.LinkType, digits string) capture.Frame {
	data, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		panic(err)
	}
	return capture.Frame{Link: link, Data: data, Wire: len(data)}
}

// captureFilesBelow lists the pcap and pcapng files below root.
func captureFilesBelow(t *testing.T, root string) []string {
	var files []string
	root, err := filepath.EvalSymlinks(root) // the folder itself may be a link
	if err == nil {
		err = walk(root, &files)
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no captures to read: %v; set RSTWATCH_PCAPS to a folder of them", err)
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("captures below %s: %d, %v", root, len(files), err)
	}
	return files
}

func walk(root string, files *[]string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".pcap" || ext == ".pcapng") {
			*files = append(*files, path)
		}
		return err
	})
}

// framesIn reads a capture file by gopacket's readers.
func framesIn(t *testing.T, name string) iter.Seq[capture.Frame] {
	return func(yield func(capture.Frame) bool) {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := gopacketReader(name, bufio.NewReader(f))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for {
			data, ci, err := r.ReadPacketData()
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return
			}
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			if !yield(capture.Frame{Link: capture.LinkType(r.LinkType()), Data: data, Wire: ci.Length}) {
				return
			}
		}
	}
}

type linkReader interface {
	gopacket.PacketDataSource
	LinkType() layers.LinkType
}

func gopacketReader(name string, r io.Reader) (linkReader, error) {
	if strings.HasSuffix(name, ".pcapng") {
		return pcapgo.NewNgReader(r, pcapgo.DefaultNgReaderOptions)
	}
	return pcapgo.NewReader(r)
}
