package scenario

import (
	"errors"
	"os"
	"testing"
	"time"
)

// TestDeadlineSetMeanwhile: a deadline reaches the event of the call that it
// cuts. One in the past cuts it at once, which is not before the call.
func TestDeadlineSetMeanwhile(t *testing.T) {
	for name, after := range map[string]time.Duration{"past": -time.Hour, "soon": 10 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			rec := NewRecorder()
			client, _ := pair(t, rec, IPv4)
			failed := make(chan error, 1)
			go func() {
				_, err := client.Read(make([]byte, 1))
				failed <- err
			}()
			begun := underWay(t, rec, OpRead)
			must(t, client.SetReadDeadline(time.Now().Add(time.Hour)))
			must(t, client.SetWriteDeadline(time.Now().Add(time.Minute)))
			at := time.Now().Add(after)
			must(t, client.SetReadDeadline(at))
			if err := <-failed; !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatalf("read: %v", err)
			}
			must(t, client.SetReadDeadline(time.Time{}))
			e := rec.Events()[begun.ID-1]
			if e.Deadline.Before(e.Start) || e.End.Before(e.Deadline) || e.Fault != Deadline {
				t.Errorf("%+v", e)
			}
			if after > 0 && !e.Deadline.Equal(at) {
				t.Errorf("deadline %v, not %v", e.Deadline, at)
			}
			if cut := rec.Cut(e); cut != (after < 0) {
				t.Errorf("cut short: %v", cut)
			}
		})
	}
}

// TestDeadlineTakenBack: a call under way loses a deadline that has not passed,
// and one that has returned keeps what it had.
func TestDeadlineTakenBack(t *testing.T) {
	rec := NewRecorder()
	client, server := pair(t, rec, IPv4)
	must(t, client.SetDeadline(time.Now().Add(time.Hour)))
	client.Write([]byte("x"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		client.Read(make([]byte, 1))
	}()
	begun := underWay(t, rec, OpRead)
	must(t, client.SetDeadline(time.Time{}))
	server.Write([]byte("y"))
	<-done
	events := rec.Events()
	if read := events[begun.ID-1]; !read.Deadline.IsZero() {
		t.Errorf("the read has a deadline: %+v", read)
	}
	if write := events[begun.ID-2]; write.Deadline.IsZero() {
		t.Errorf("the write has lost its deadline: %+v", write)
	}
}

// TestCut: a call is cut short by a deadline that lay in the past when it was set,
// also before the call, and not by one that has passed since.
func TestCut(t *testing.T) {
	rec := NewRecorder()
	client, _ := pair(t, rec, IPv4)
	for _, by := range []time.Time{time.Now().Add(10 * time.Millisecond), time.Unix(1, 0)} {
		must(t, client.SetReadDeadline(by))
		for range 2 {
			if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal(err)
			}
			e := rec.Events()[len(rec.Events())-1]
			if cut := rec.Cut(e); cut != (by.Unix() == 1) {
				t.Errorf("a deadline at %v: cut short: %v", by, cut)
			}
		}
	}
	client.Write([]byte("x"))
	if e := rec.Events()[len(rec.Events())-1]; rec.Cut(e) {
		t.Errorf("cut short: %+v", e)
	}
}
