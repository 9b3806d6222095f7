package file_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// A packet and what an application made of it, written and read back.
func Example() {
	var out bytes.Buffer
	w, err := file.NewWriter(&out, file.Header{Application: "example", Link: capture.LinkEthernet})
	if err != nil {
		log.Fatal(err)
	}
	at := time.Date(2024, 2, 29, 12, 0, 0, 262_000, time.UTC)
	frame := capture.Frame{Link: capture.LinkEthernet, Data: make([]byte, 54), Wire: 54}
	err = errors.Join(
		w.Packet(at, frame, "the server closed with a byte unread"),
		w.Journal([]file.Field{
			{Name: file.RealtimeTimestamp, Value: fmt.Sprint(at.UnixMicro())},
			{Name: "MESSAGE", Value: "client read → ECONNRESET"},
		}),
		w.Flush())
	if err != nil {
		log.Fatal(err)
	}

	r, err := file.NewReader(&out)
	if err != nil {
		log.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		if rec.Frame != nil {
			fmt.Println(rec.Time.Format("15:04:05.000000000"), rec.Frame.Wire, "octets:", rec.Comments[0])
		} else {
			fmt.Println(rec.Time.Format("15:04:05.000000"), rec.Journal[1].Value)
		}
	}
	// Output:
	// 12:00:00.000262000 54 octets: the server closed with a byte unread
	// 12:00:00.000262 client read → ECONNRESET
}
