package file

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/klauspost/compress/zstd"
)

// packers compress, each in its way.
func packers() map[string]func(testing.TB, []byte) []byte {
	pack := func(t testing.TB, out *bytes.Buffer, w io.WriteCloser, b []byte) []byte {
		_, err := w.Write(b)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	return map[string]func(testing.TB, []byte) []byte{
		"gzip": func(t testing.TB, b []byte) []byte {
			var out bytes.Buffer
			return pack(t, &out, gzip.NewWriter(&out), b)
		},
		"zstd": func(t testing.TB, b []byte) []byte {
			var out bytes.Buffer
			w, err := zstd.NewWriter(&out)
			if err != nil {
				t.Fatal(err)
			}
			return pack(t, &out, w, b)
		},
	}
}

func TestCompressedIsTheSame(t *testing.T) {
	whole := sampleFile(t)
	_, want, _ := readAll(bytes.NewReader(whole))
	skippable := append(binary.LittleEndian.AppendUint32(nil, zstdSkip+5), "\x04\x00\x00\x00pzst"...)
	for name, pack := range packers() {
		half := len(whole) / 2
		for how, packed := range map[string][]byte{
			"whole":    pack(t, whole),
			"in parts": append(pack(t, whole[:half]), pack(t, whole[half:])...),
		} {
			if name == "zstd" && how == "in parts" {
				packed = append(skippable, packed...)
			}
			_, got, err := readAll(iotest.OneByteReader(bytes.NewReader(packed)))
			if !errors.Is(err, io.EOF) {
				t.Errorf("%s, %s: reading ends with %v", name, how, err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s, %s (-plain +compressed):\n%s", name, how, d)
			}
			agree(t, packed)
		}
	}
}

// Cut anywhere, what can be unpacked is read, and the end is an error.
func TestCompressedCutAtEveryOctet(t *testing.T) {
	whole := sampleFile(t)
	_, all, _ := readAll(bytes.NewReader(whole))
	for name, pack := range packers() {
		packed := pack(t, whole)
		for n := range packed {
			_, got, err := readAll(bytes.NewReader(packed[:n]))
			var fe *FormatError
			if !errors.As(err, &fe) || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s cut at %d: %v", name, n, err)
			}
			if len(got) > len(all) {
				t.Fatalf("%s cut at %d: %d records of %d", name, n, len(got), len(all))
			}
			if d := cmp.Diff(all[:len(got)], got, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s cut at %d (-want +got):\n%s", name, n, d)
			}
			agree(t, packed[:n])
		}
	}
}

// A compressed file that is damaged is named as such, and what came before the
// damage is read.
func TestCompressedAndDamaged(t *testing.T) {
	whole := manyPackets(binary.LittleEndian, 20_000, true)
	for name, pack := range packers() {
		packed := pack(t, whole)
		packed[len(packed)-3] ^= 0xff // in the check at the end
		_, got, err := readAll(bytes.NewReader(packed))
		var fe *FormatError
		if !errors.As(err, &fe) || !strings.Contains(err.Error(), name) || fe.Err != nil {
			t.Errorf("%s: reading ends with %v", name, err)
		}
		if len(got) < 10_000 {
			t.Errorf("%s: %d packets before the damage at the end", name, len(got))
		}
		agree(t, packed)
	}
}

func TestCompressedOther(t *testing.T) {
	disk := errors.New("input/output error")
	for name, pack := range packers() {
		for _, tt := range []struct {
			name, plain, msg string
		}{{"nothing", "", "empty"}, {"text", "hello", "neither pcap nor pcapng"}, {"twice", string(pack(t, sampleFile(t))), "neither pcap nor pcapng"}} {
			_, _, err := readAll(bytes.NewReader(pack(t, []byte(tt.plain))))
			if fe := (*FormatError)(nil); !errors.As(err, &fe) || !strings.Contains(err.Error(), tt.msg) {
				t.Errorf("%s of %s: %v", name, tt.name, err)
			}
		}
		packed := pack(t, sampleFile(t))
		for _, n := range []int{0, 2, 5, len(packed) / 2, len(packed) - 1} {
			_, _, err := readAll(io.MultiReader(bytes.NewReader(packed[:n]), iotest.ErrReader(disk)))
			if fe := (*FormatError)(nil); !errors.Is(err, disk) || errors.As(err, &fe) {
				t.Errorf("%s, the disk fails at %d: %v", name, n, err)
			}
		}
	}
}

// A few octets may unpack to very much: memory is what the window takes.
func TestCompressedBombTakesBoundedMemory(t *testing.T) {
	// Blocks of a type unknown here, which are passed over.
	m := &maker{order: binary.LittleEndian}
	m.section()
	for range 16 {
		m.block(0x0BAD, make([]byte, 4<<20))
	}
	for name, pack := range packers() {
		packed := pack(t, m.file)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, err := scanAll(bytes.NewReader(packed)); !errors.Is(err, io.EOF) {
			t.Errorf("%s: reading ends with %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 48<<20 {
			t.Errorf("%s: %d octets allocated for %d that unpack to %d", name, n, len(packed), len(m.file))
		}
	}
}

// A frame that asks for a window of more than 128 MiB is refused before it gets
// one.
func TestZstdWindowIsBounded(t *testing.T) {
	const exponent = 31 - 10 // a window of 2 GiB (RFC 8878 §3.1.1.1.2)
	head := append(binary.LittleEndian.AppendUint32(nil, zstdMagic), 0, exponent<<3)
	_, _, err := readAll(bytes.NewReader(append(head, make([]byte, 64)...)))
	if fe := (*FormatError)(nil); !errors.As(err, &fe) || !strings.Contains(err.Error(), "window") {
		t.Errorf("reading ends with %v", err)
	}
}
