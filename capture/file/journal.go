package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// RealtimeTimestamp is the name of the field that an entry starts with: its
// time, in microseconds since the epoch, as a decimal number.
const RealtimeTimestamp = "__REALTIME_TIMESTAMP"

// maxFields is how many fields journald takes of an entry
// (ENTRY_FIELD_COUNT_MAX in systemd's journal-importer.h).
const maxFields = 1024

// Field is one field of a journal entry.
//
// Value may hold any octets: what is not plain text is written in the binary
// form of the export format, so that it can not pass for another field. But
// Wireshark (4.0) skips the binary form only in fields that it knows, such as
// MESSAGE; it reads on inside one with a name of our own, and shows a line
// there that looks like a field as if it were one. Escape control characters
// in such values before they come here.
type Field struct{ Name, Value string }

// checkName reports why name is not the name of a journal field, if it is not
// (journal_field_valid in systemd's journal-file.c).
func checkName(name string) error {
	if name == "" || len(name) > 64 {
		return fmt.Errorf("journal field %q: a name has 1 to 64 characters", name)
	}
	for i, c := range []byte(name) {
		digit := '0' <= c && c <= '9'
		if !digit && c != '_' && (c < 'A' || c > 'Z') {
			return fmt.Errorf("journal field %q: a name is made of A–Z, 0–9 and _", name)
		}
		if digit && i == 0 {
			return fmt.Errorf("journal field %q: a name does not start with a digit", name)
		}
	}
	return nil
}

// isPlain reports whether v may stand after NAME= on one line: valid UTF-8
// without control characters, tab excepted.
func isPlain(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' && v[i] != '\t' {
			return false
		}
	}
	return utf8.ValidString(v)
}

// appendEntry appends an entry in the Journal Export Format.
func appendEntry(b []byte, fields []Field) ([]byte, error) {
	// Wireshark looks for the stamp as text, from the start to the first NUL.
	if len(fields) == 0 || fields[0].Name != RealtimeTimestamp {
		return nil, errors.New("journal entry: the first field is not " + RealtimeTimestamp)
	}
	if _, err := parseMicroseconds(fields[0].Value); err != nil {
		return nil, err
	}
	for _, f := range fields {
		if err := checkName(f.Name); err != nil {
			return nil, err
		}
		b = append(b, f.Name...)
		if isPlain(f.Value) {
			b = append(b, '=')
		} else {
			b = append(b, '\n')
			b = binary.LittleEndian.AppendUint64(b, uint64(len(f.Value)))
		}
		b = append(b, f.Value...)
		b = append(b, '\n')
	}
	return b, nil
}

// parseMicroseconds reads the value of a RealtimeTimestamp field.
func parseMicroseconds(s string) (time.Time, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || n/1e6 >= maxSeconds {
		return time.Time{}, fmt.Errorf("journal entry: %s is not a number of microseconds before 2262: %q", RealtimeTimestamp, s)
	}
	return time.UnixMicro(int64(n)).UTC(), nil
}

// parseEntry reads the body of a journal block: one entry, with its padding.
// It returns the time and the fields of the entry, or says what is wrong with
// it.
func parseEntry(b []byte) (at time.Time, fields []Field, err error) {
	b = bytes.TrimRight(b, "\x00")
	stamped := false
	for len(b) > 0 {
		if len(bytes.TrimLeft(b, "\n")) == 0 {
			break // the empty line that ends an entry in a stream of them
		}
		var f Field
		if f, b, err = parseField(b); err != nil {
			return at, nil, err
		}
		if f.Name == RealtimeTimestamp && !stamped {
			if at, err = parseMicroseconds(f.Value); err != nil {
				return at, nil, err
			}
			stamped = true
		}
		if fields = append(fields, f); len(fields) > maxFields {
			return at, nil, fmt.Errorf("journal entry of more than %d fields", maxFields)
		}
	}
	if !stamped {
		return at, nil, errors.New("journal entry without " + RealtimeTimestamp)
	}
	return at, fields, nil
}

// parseField takes the first field off b.
func parseField(b []byte) (f Field, rest []byte, err error) {
	line, rest, whole := bytes.Cut(b, []byte{'\n'})
	if name, value, text := bytes.Cut(line, []byte{'='}); text {
		f = Field{string(name), string(value)}
		return f, rest, checkName(f.Name)
	}
	f.Name = string(line)
	if err := checkName(f.Name); err != nil {
		return f, nil, err
	}
	if !whole || len(rest) < 8 {
		return f, nil, fmt.Errorf("journal field %s has no value", f.Name)
	}
	n := binary.LittleEndian.Uint64(rest)
	rest = rest[8:]
	if n >= uint64(len(rest)) || rest[n] != '\n' {
		return f, nil, fmt.Errorf("journal field %s: its length, %d, is wrong", f.Name, n)
	}
	f.Value = string(rest[:n])
	return f, rest[n+1:], nil
}
