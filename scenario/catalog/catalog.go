package catalog

import "github.com/rstwatch/rstwatch/scenario"

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

// All returns every story: the classics, and then the others in the order in
// which to read them.
func All() []*scenario.Scenario {
	return append(Classics(),
		lingerZero(),
		resetWriteRead(),
		resetTwiceRead(),
		dataBeforeReset(),
		dataBeforeResetWriteFirst(),
		resetBlockedRead(),
		soErrorTakesIt(),
		lateReply(),
		eofThenBrokenPipe(),
		finBlockedRead(),
		ownCloseWrite(),
		closeWriteTwice(),
		simultaneousClose(),
		halfCloseAbort(),
		halfCloseAbortWrite(),
		unreadHalfClose(),
		shutdownBothThenData(),
		closeReadThenData(),
		listenerClosedWithQueue(),
		acceptAfterReset(),
		readDeadline(),
		deadlineBeforeReset(),
		closeBlockedRead(),
		writeAfterOwnClose(),
		forgedReset(),
		forgedResetInWindow(),
		killedByAdmin(),
	)
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
