package file

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Magic numbers of compressed files, read as little-endian.
const (
	gzipMagic      = 0x8b1f     // RFC 1952 §2.3.1, two octets
	zstdMagic      = 0xfd2fb528 // RFC 8878 §3.1.1
	zstdSkip       = 0x184d2a50 // RFC 8878 §3.1.2: the lowest four bits are free
	zstdSkipIgnore = 0xf
	// zstdWindow is how much of the unpacked file a zstd frame may refer back
	// to; more is refused, as the zstd program does unless told otherwise.
	zstdWindow = 128 << 20
)

// unpacked returns a source of what raw holds: raw itself if it is not
// compressed. It starts no goroutine, so nothing has to be closed. The first
// octets of raw are magic.
func unpacked(raw *source, magic []byte) (*source, error) {
	u := &unpacker{raw: raw}
	var err error
	number := binary.LittleEndian.Uint32(magic)
	switch {
	case number&0xffff == gzipMagic:
		u.kind = "gzip"
		u.r, err = gzip.NewReader(raw)
	case number == zstdMagic, number&^zstdSkipIgnore == zstdSkip:
		u.kind = "zstd"
		// One at a time decodes in the caller's goroutine.
		u.r, err = zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(zstdWindow))
	default:
		return raw, nil
	}
	if err != nil {
		return nil, broken(0, "the head of the compressed file", u.explain(err))
	}
	return &source{r: u}, nil
}

// unpacker reads a compressed file.
type unpacker struct {
	kind string
	raw  *source
	r    io.Reader // unpacks raw
}

// Read returns a *damage where the compressed file is broken, and the error of
// the file where it can not be read.
func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = u.explain(err)
	}
	return n, err
}

func (u *unpacker) explain(err error) error {
	if u.raw.err != nil && !errors.Is(u.raw.err, io.EOF) {
		return u.raw.err // what the unpacker makes of it says less
	}
	return &damage{kind: u.kind, err: err, at: u.raw.offset()}
}

// damage says that a compressed file is broken.
type damage struct {
	kind string
	err  error
	at   int64 // how much of the compressed file was read
}

func (d *damage) Error() string {
	return fmt.Sprintf("%s, before octet %d of the compressed file: %v", d.kind, d.at, d.err)
}

// format returns the damage as an error of the unpacked file, which is read up
// to offset.
func (d *damage) format(offset int64) error {
	if errors.Is(d.err, io.ErrUnexpectedEOF) || errors.Is(d.err, io.EOF) {
		return &FormatError{Offset: offset, Msg: fmt.Sprintf("the %s file ends early, at its octet %d", d.kind, d.at), Err: io.ErrUnexpectedEOF}
	}
	return &FormatError{Offset: offset, Msg: d.Error()}
}
