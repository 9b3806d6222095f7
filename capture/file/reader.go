package file

import "io"

// Reader reads a capture file, pcap or pcapng.
type Reader struct {
	f   format
	err error // what Next returned last, if it was an error
}

// NewReader reads as much of r as tells what it is: classic pcap with stamps
// in microseconds or nanoseconds, or pcapng, each in either byte order, plain
// or compressed with gzip or zstd. It returns a *[FormatError] if it is none of
// these, or an error of r. It buffers, and so may read more of r than it
// returns. Offsets in a compressed file count octets after unpacking.
func NewReader(r io.Reader) (*Reader, error) {
	f, err := open(r)
	if err != nil {
		return nil, err
	}
	return &Reader{f: f}, nil
}

// Next returns the next record, and io.EOF after the last. Where the file is
// cut off or breaks its format it returns a *[FormatError]; an error of the
// underlying reader comes wrapped. After an error it returns the same again.
// It blocks as the underlying reader does.
func (r *Reader) Next() (Record, error) {
	if r.err != nil {
		return Record{}, r.err
	}
	var p Packet
	var x extra
	if err := r.f.next(&p, &x); err != nil {
		r.err = err
		return Record{}, err
	}
	return newRecord(&p, &x), nil
}

// Stats returns what was read so far of the interfaces, in the order in which
// the file describes them; a pcap file has one.
func (r *Reader) Stats() []InterfaceStats { return r.f.stats() }

// Comment returns the comment of the section that was read last, lines joined;
// Application and OS the program that wrote it and the system it ran on. All
// are empty in a pcap file.
func (r *Reader) Comment() string { return r.f.section().comment }

// Application returns the name of the program that wrote the section.
func (r *Reader) Application() string { return r.f.section().application }

// OS returns the name of the system that the section was captured on.
func (r *Reader) OS() string { return r.f.section().os }
