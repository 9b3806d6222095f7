package diagnosis

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// idempotent are the methods whose effect is the same however often they are
// sent (RFC 9110 §9.2.2).
var idempotent = []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}

// methods are those that tell a request of HTTP/1 from other text.
var methods = append(slices.Clip(idempotent), "POST", "PATCH", "CONNECT")

// mostTarget is how much of a request's target is worth showing.
const mostTarget = 60

// requestLine reads the first line of an HTTP/1 request (RFC 9112 §3) in a turn of
// so many octets; "" where there is none, or where more follows than one request.
func requestLine(text []byte, octets uint64) (method, target string) {
	if !isRequest(text) {
		return "", ""
	}
	line, _, _ := bytes.Cut(text, []byte("\r\n"))
	words := strings.Split(string(line), " ")
	if end := bytes.Index(text, []byte("\r\n\r\n")); end >= 0 {
		h := head{length: -1}
		h.fields(text[:end], "")
		if size := uint64(end + 4); !h.chunked && octets > size+uint64(max(h.length, 0)) {
			return "", "" // several, one behind the other
		}
	}
	target, _, _ = strings.Cut(words[1], "?")
	if len(target) > mostTarget {
		target = target[:mostTarget] + "…"
	}
	return words[0], target
}

// isRequest reports whether a text begins as an HTTP/1 request does.
func isRequest(text []byte) bool {
	line, _, found := bytes.Cut(text, []byte("\r\n"))
	words := strings.Split(string(line), " ")
	return found && len(words) == 3 && slices.Contains(methods, words[0]) && strings.HasPrefix(words[2], "HTTP/1.")
}

// beginsRequest is isRequest for a text of which only the begin may be captured.
func beginsRequest(text []byte) bool {
	method, rest, _ := strings.Cut(string(text[:min(len(text), 32)]), " ")
	return slices.Contains(methods, method) && (strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "http")) || isRequest(text)
}

// head is what the head of an HTTP/1 answer says of the body behind it.
type head struct {
	status  int
	size    int   // octets of the head; 0 if its end was not captured
	length  int64 // Content-Length, 0 where there is no body by rule; −1 where it is not said
	chunked bool
}

// answerHead reads the head of an answer to a request with the method given
// (RFC 9112 §4, §6.3). Interim answers before it count as part of it.
func answerHead(text []byte, method string) head {
	h := head{length: -1}
	for rest := text; ; {
		if !bytes.HasPrefix(rest, []byte("HTTP/1.")) || len(rest) < 12 {
			return h
		}
		status, err := strconv.Atoi(string(rest[9:12]))
		if err != nil || status < 100 {
			return h
		}
		h.status = status
		end := bytes.Index(rest, []byte("\r\n\r\n"))
		if end < 0 {
			h.size = 0
			return h
		}
		h.size += end + 4
		if status/100 != 1 || status == 101 {
			h.fields(rest[:end], method)
			return h
		}
		rest = rest[end+4:]
	}
}

// fields reads what the fields of the head say of the body.
func (h *head) fields(text []byte, method string) {
	for line := range strings.SplitSeq(string(text), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "content-length":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 && !h.chunked {
				h.length = n
			}
		case "transfer-encoding":
			if strings.HasSuffix(strings.ToLower(value), "chunked") {
				h.chunked, h.length = true, -1
			}
		}
	}
	if method == "HEAD" || h.status == 204 || h.status == 304 {
		h.length, h.chunked = 0, false
	}
}

// endsChunks reports whether a text ends with the last chunk, which is empty, and
// no trailer behind it (RFC 9112 §7.1).
func endsChunks(text []byte) bool {
	return bytes.HasSuffix(text, []byte("\r\n0\r\n\r\n")) || bytes.Equal(text, []byte("0\r\n\r\n"))
}
