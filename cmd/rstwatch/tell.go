package main

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/analysis"
)

// A process that performs for another tells it of its runs through a pipe, in
// messages: first an empty one, when the capture is open, then one a run. Each
// begins with its length and stands for itself, so that they can be counted by
// a process that is still root, and opened when it is root no more.
//
// A message is not a recording: that one leaves out what has no time, such as
// what kept a run from beginning. Both ends are the same program.

// maxMessage is the length beyond which a message is none: a run is some 10 KB.
const maxMessage = 1 << 28

// tell writes one message; nil is the empty one.
func tell(w io.Writer, r *analysis.Run) error {
	b := bytes.NewBuffer(make([]byte, 4))
	if r != nil {
		if err := gob.NewEncoder(b).Encode(r); err != nil {
			return fmt.Errorf("tell of %s: %w", r.Scenario, err)
		}
	}
	binary.BigEndian.PutUint32(b.Bytes(), uint32(b.Len()-4))
	_, err := w.Write(b.Bytes())
	return err
}

// hear reads one message. The error is io.EOF where there is none any more.
func hear(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxMessage {
		return nil, errors.New("not a message")
	}
	message := make([]byte, n)
	_, err := io.ReadFull(r, message)
	return message, err
}

// understand returns the run in a message.
func understand(message []byte) (*analysis.Run, error) {
	r := new(analysis.Run)
	if err := gob.NewDecoder(bytes.NewReader(message)).Decode(r); err != nil {
		return nil, err
	}
	if err := rule(r); err != nil {
		return nil, err
	}
	for i := range r.Verdicts {
		if p := r.Verdicts[i].Proof; p != nil && p.Without != nil {
			if err := rule(p.Without); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// rule gives a run its model back: of that its name has come, not its tables.
func rule(r *analysis.Run) error {
	if r.Evidence.Model == nil {
		return errors.New("it does not say by which model")
	}
	m, ok := analysis.ModelFor(r.Evidence.Model.Name)
	if !ok {
		return fmt.Errorf("no model is called %q", r.Evidence.Model.Name)
	}
	r.Evidence.Model = m
	return nil
}
