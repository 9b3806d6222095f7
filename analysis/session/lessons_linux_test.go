package session

// toldTexts are texts, and after a line of dashes what is said of them on
// Linux.
func toldTexts() map[string]string {
	return map[string]string{
		"read in time": `
client  dial
server  accept
client  write "ab"
server  read 2
server  close
server > client  RST,ACK seq 1 ack 3
client  read 16   = ECONNRESET <- RST,ACK
---
line 7: server > client RST,ACK seq 1 ack 3 did not come, but FIN,ACK seq 1 ack 3
line 8: client read 16 gave EOF, expected ECONNRESET`,

		"linger set first": `
client  dial
server  accept
client  write "a"
server  read 1
server  set-linger 0
server  close
client  write "b" = 1
client  write "c" = EPIPE <- RST
---
line 8: client write "b" gave ECONNRESET, expected 1
line 9: #6 RST,ACK caused what client write "c" gave, expected RST`,

		"nothing expected": `
client  dial
server  accept
server  close
client  write "b"
client  write "c"
client  read 1`,

		"cause, rule and reason": `
client  dial
server  accept
server  set-linger 0
server  close
server > client  RST,ACK  reason TCP_ABORT_ON_CLOSE
client  write "a"  = ECONNRESET <- RST,ACK rule write-after-shutdown
client  write "b"  = EPIPE <- RST,ACK rule write-after-shutdown
client  read 1     = EOF <- FIN,ACK
---
line 6: reasons [TCP_STATE], want [TCP_ABORT_ON_CLOSE]
line 7: rule write-takes-error, want write-after-shutdown
line 9: #4 RST,ACK caused what client read 1 gave, expected FIN,ACK`,

		"blocked, and two connections": `
client  dial
server  accept
server  read 16 ...
client  write "abc"
server  ...            = 3
client  read 16 ...
server  set-linger 0
server  close
client  ...            = ECONNRESET <- RST,ACK
client.2  dial
server.2  accept
client.2  write 30000
server.2  close
client.2  read 1       = ECONNRESET
client.2  write 1      = EPIPE
client    write 1      = EPIPE`,

		"shut both ways": `
server  accept ...
client  dial
server  ...
client  close-write
client  close-read
server  write "data"
client  read 16    = ECONNRESET
server  read 16    = EOF
server  write "y"  = EPIPE`,

		"before it is accepted": `
client  dial
client  write "abc"
client  set-linger 0
client  close
server  accept
server  read 16  = 3
server  read 16  = ECONNRESET
server  read 1   = EOF`,

		"the queue is closed": `
client  dial
server  close-listener
client  so-error  = ECONNRESET <- RST,ACK
client  read 1    = EOF`,

		"data unsent": `
client  dial
server  accept
client  write 2000000
server  close-write
client  poll RDHUP
client  close-write
client  set-linger 0
client  close
client > server  RST,ACK  reason TCP_DISCONNECT_WITH_DATA
server  read 16  = 16
server  write 1  = ECONNRESET <- RST,ACK
server  write 1  = EPIPE      <- none`,

		"its own end": `
client  dial
server  accept
client  read 16 within 20ms  = DEADLINE <- none
client  read 16 ...
client  close
client  ...                  = CLOSED
client  write 1              = EPIPE
server  read 16              = EOF
---
line 8: client write 1 gave CLOSED, expected EPIPE`,

		"refused": `
server  bind
client  dial       = ECONNREFUSED <- RST,ACK
client  write "a"  = EPIPE
---
line 4: client write "a" was not made`,

		"a close read": `
client  dial
server  accept
client  close-read
client  read 16    = EOF
server  write "hello"
server > client  PSH,ACK len 4
server  close
client  read 16    = 5
client  read 16    = EOF
---
line 7: server > client PSH,ACK len 4 did not come, but PSH,ACK len 5, FIN,ACK len 0`,
	}
}
