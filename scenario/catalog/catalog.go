package catalog

import "github.com/rstwatch/rstwatch/scenario"

// Chapter is some stories about one thing, in the order in which to read them.
type Chapter struct {
	Title   string // a few words: "Resets around accept"
	Stories []*scenario.Scenario
}

// Classics returns the stories that everybody meets, the best one to begin with
// first.
func Classics() []*scenario.Scenario {
	return []*scenario.Scenario{
		resetOnRead(),
		resetOnWrite(),
		brokenPipe(),
		cleanClose(),
		halfClose(),
		connectionRefused(),
	}
}

// Chapters returns every story once, the classics first. A story stands where
// somebody would look for it who has the error and not yet the cause.
func Chapters() []Chapter {
	return []Chapter{
		{"The classics", Classics()},
		{"After the error", []*scenario.Scenario{
			resetWriteRead(),
			resetTwiceRead(),
			resetReadWrite(),
			dataBeforeReset(),
			dataBeforeResetWriteFirst(),
			resetBlockedRead(),
			resetBothBlocked(),
			soErrorTakesIt(),
		}},
		{"Orderly closes and half-closes", []*scenario.Scenario{
			lateReply(),
			eofThenBrokenPipe(),
			finBlockedRead(),
			ownCloseWrite(),
			closeWriteTwice(),
			simultaneousClose(),
		}},
		{"Aborts", []*scenario.Scenario{
			lingerZero(),
			halfCloseAbort(),
			halfCloseAbortWrite(),
			unreadHalfClose(),
			shutdownBothThenData(),
			closeReadThenData(),
			disconnect(),
			closeUnderBlockedWrite(),
			lingerZeroUnderBlockedWrite(),
		}},
		{"Resets around accept", []*scenario.Scenario{
			listenerClosedWithQueue(),
			acceptAfterReset(),
			closedBeforeAccept(),
			resetBeforeHandshakeEnds(),
			backlogFull(),
			backlogFullRetry(),
			backlogFullLate(),
			backlogFullAbort(),
		}},
		{"Dialling", []*scenario.Scenario{
			dialTimeout(),
			synTimeout(),
			dialRejectedReset(),
			dialICMPPortUnreachable(),
			dialICMPHostUnreachable(),
			dialICMPNetUnreachable(),
			dialICMPProtocolUnreachable(),
			dialICMPProhibited(),
			noRoute(),
			routeUnreachable(),
			routeProhibit(),
			routeBlackhole(),
		}},
		{"Timeouts and dead paths", []*scenario.Scenario{
			userTimeout(),
			userTimeoutZeroWindow(),
			retransmissionGivenUp(),
			keepaliveTimeout(),
			timeoutWithICMP(),
			deadlineBeforeTimeout(),
		}},
		{"Forged and strange segments", []*scenario.Scenario{
			forgedReset(),
			forgedResetWithText(),
			forgedResetInWindow(),
			forgedResetOutOfWindow(),
			staleResetThenReal(),
			twoStepReset(),
			forgedResetCloseWait(),
			resetInLastAck(),
			synInWindow(),
			forgedICMP(),
			resetInTimeWait(),
			finWait2Ended(),
			halfOpen(),
			selfConnect(),
			simultaneousOpen(),
		}},
		{"Firewalls and middleboxes", []*scenario.Scenario{
			firewallResetsBoth(),
			firewallResetsClientOnly(),
			firewallForgets(),
			firewallInvalid(),
			firewallDropsSilently(),
		}},
		{"The administrator and the operating system", []*scenario.Scenario{
			killedByAdmin(),
			killedWithUnreadData(),
			killedWithoutUnreadData(),
			peerLostItsState(),
			peerLostItsStateListening(),
		}},
		{"Go's own errors", []*scenario.Scenario{
			readDeadline(),
			deadlineBeforeReset(),
			closeBlockedRead(),
			closeBlockedWrite(),
			closedByAnotherGoroutine(),
			writeDeadline(),
			dialCancelled(),
			writeAfterOwnClose(),
		}},
		{"HTTP and TLS", []*scenario.Scenario{
			httpIdleCloseRace(),
			httpServerClosedIdle(),
			httpPostEOF(),
			httpEarlyAnswer(),
			httpAbortMidBody(),
			httpResetMidBody(),
			httpClientGone(),
			copyOtherSide(),
			tlsHelloReset(),
			tlsHandshakeRefused(),
			tlsTruncated(),
			tlsResetRemembered(),
			tlsCloseCrossing(),
		}},
	}
}

// All returns every story, chapter by chapter.
func All() []*scenario.Scenario {
	var all []*scenario.Scenario
	for _, c := range Chapters() {
		all = append(all, c.Stories...)
	}
	return all
}

// Find returns the story of this name; ok is false if there is none.
func Find(name string) (sc *scenario.Scenario, ok bool) {
	for _, sc := range All() {
		if sc.Name == name {
			return sc, true
		}
	}
	return nil, false
}

// everywhere is what a story expects whose calls return the same on every
// model.
func everywhere(r ...scenario.Result) map[string][]scenario.Result {
	return map[string][]scenario.Result{"linux": r, "darwin": r}
}

// byClient is what a call of the client must return.
func byClient(op scenario.Op, f scenario.Fault) scenario.Result {
	return scenario.Result{Role: scenario.Client, Op: op, Fault: f}
}

// byServer is what a call of the server must return.
func byServer(op scenario.Op, f scenario.Fault) scenario.Result {
	return scenario.Result{Role: scenario.Server, Op: op, Fault: f}
}
