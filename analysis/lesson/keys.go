package lesson

import "slices"

// Do is what a key asks for beyond the screen.
type Do struct {
	LetGo int  // the ID of the call that is to go on; 0 for none
	Leave bool // the lesson is to be left
	Abort bool // and that is an interrupt
}

// Key does what a key does, by the names that bubbletea gives to keys: "right",
// "space", "ctrl+c". One that means nothing does nothing.
func (l *Lesson) Key(name string) Do {
	switch name {
	case "q", "ctrl+c":
		return Do{Leave: true, Abort: name == "ctrl+c"}
	case "?", "h":
		l.help = !l.help
		return Do{}
	}
	if l.help { // any other key closes it
		l.help = false
		return Do{}
	}
	if l.width < MinWidth || l.height < MinHeight {
		return Do{} // nobody goes on with what can not be seen
	}
	switch name {
	case "right":
		if l.back() {
			l.goTo(l.at + 1)
			return Do{}
		}
		return l.letGo()
	case "space", "enter", "n":
		if l.at != newest || l.over {
			l.goTo(newest)
			return Do{}
		}
		return l.letGo()
	case "tab":
		l.pickNext()
	case "left":
		l.goTo(max(l.current()-1, 0))
	case "home":
		l.goTo(0)
	case "end", "esc":
		l.goTo(newest)
	default:
		l.scroll(name)
	}
	return Do{}
}

// letGo lets the picked call go on. It is held until it has been told as freed.
func (l *Lesson) letGo() Do {
	if len(l.held) == 0 {
		return Do{}
	}
	return Do{LetGo: l.picked}
}

// pickNext picks the next of the calls that wait.
func (l *Lesson) pickNext() {
	i := slices.IndexFunc(l.held, func(h held) bool { return h.id == l.picked })
	if i >= 0 {
		l.picked = l.held[(i+1)%len(l.held)].id
	}
}

// goTo looks at a spot.
func (l *Lesson) goTo(k int) {
	if len(l.spots) == 0 || k >= len(l.spots)-1 {
		k = newest
	}
	l.at, l.top = k, bottom
}

// scroll moves the body.
func (l *Lesson) scroll(key string) {
	b := l.body()
	room := l.room()
	last := max(len(b.lines)-room, 0)
	top := l.first(b, room)
	switch key {
	case "up", "k":
		top--
	case "down", "j":
		top++
	case "pgup", "b":
		top -= room - 1
	case "pgdown", "f":
		top += room - 1
	default:
		return
	}
	if l.top = min(max(top, 0), last); l.top == last {
		l.top = bottom
	}
}
