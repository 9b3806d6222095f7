package lesson

// keys is the last line of the screen.
func (l *Lesson) keys() string {
	switch {
	case l.over:
		return " ←→ back and forth   ↑↓ scroll   end newest   ? help   q leave"
	case l.back():
		return " ←→ back and forth   end newest   ↑↓ scroll   ? help   q leave"
	case len(l.held) > 1:
		return " space let it go   tab another call   ← back   ↑↓ scroll   ? help   q leave"
	}
	return " space let it go   ← back   ↑↓ scroll   ? help   q leave"
}

// helpLines is the page that ? shows.
func (l *Lesson) helpLines() []string {
	p := l.opts.paints()
	lines := []string{p.bold.Render("The keys of a lesson"), ""}
	leave := "leave; what has happened until then is reported"
	notes := []string{
		"Each call waits until it is let go. Deadlines of calls, and the story's own limit, do not run meanwhile. The kernel's timers do: who thinks for a minute may find a socket gone from FIN_WAIT2 or TIME_WAIT, or a dial given up.",
		"The states are what the kernel says of the sockets, asked again and again; where it was not asked at a moment they are those that the model gives.",
	}
	if l.origin != "" { // nothing happens, and nothing comes of it
		leave = "leave"
		notes = []string{"This is a recording: no call is made. The states are those that the model gives; after many calls the kernel was asked, and said the same where it is named."}
	}
	for _, k := range [][2]string{
		{"space enter n →", "let the call go on that stands beside ▶"},
		{"tab", "another of the calls that wait"},
		{"← →", "a step back or forth; at the newest → lets the call go on"},
		{"home end", "the first step; the newest"},
		{"↑ ↓ pgup pgdn", "scroll the ladder"},
		{"?", "this page, and back"},
		{"q ctrl-c", leave},
	} {
		lines = append(lines, "  "+p.mark.Render(pad(k[0], 17))+" "+k[1])
	}
	lines = append(lines, "")
	for _, t := range notes {
		for _, line := range wrap(t, l.width-4) {
			lines = append(lines, "  "+line)
		}
		lines = append(lines, "")
	}
	return append(lines, p.dim.Render("  any key goes back"))
}
