package page

import (
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// runData is what the script knows of a run. Its names are short, for a page has
// a hundred of them.
type runData struct {
	Ladders [][2]string     `json:"ladders"` // the names of their ends
	Steps   []stepData      `json:"steps"`   // in one order
	Sockets []socketData    `json:"sockets"` // each once, by their places in Steps
	Items   map[string]item `json:"items"`   // calls and segments
	Quiz    map[string]quiz `json:"quiz"`    // by item
}

// stepData is: the ladder, its place there, the item, the edge, whether a call returns, what the
// socket at the left can be, and that at the right, and the state that the kernel
// gave.
type stepData [8]any

type socketData struct {
	State     string `json:"t"`
	Pending   string `json:"e,omitempty"`
	Soft      string `json:"l,omitempty"`
	Unread    int    `json:"u,omitempty"`
	FIN       bool   `json:"f,omitempty"`
	ReadShut  bool   `json:"r,omitempty"`
	WriteShut bool   `json:"w,omitempty"`
	Orphan    bool   `json:"o,omitempty"`
	Owes      string `json:"x,omitempty"`
}

// item is a call or a segment.
type item struct {
	Head    string      `json:"h"`
	Rows    [][2]string `json:"rows"`
	Raw     []byte      `json:"raw,omitempty"` // the first octets of the frame
	Causes  []string    `json:"c,omitempty"`
	Effects []string    `json:"x,omitempty"`
}

// dataOf gathers what the script has to know of a run.
func dataOf(s *scene.Scene, order []moment) runData {
	d := runData{Items: make(map[string]item), Quiz: questions(s, order), Steps: []stepData{}, Sockets: []socketData{}}
	for i := range s.Ladders {
		d.Ladders = append(d.Ladders, names(s, i))
	}
	for _, m := range order {
		i := m.Item()
		d.Steps = append(d.Steps, stepData{m.ladder, m.place, itemName(i), m.Edge, m.Kind == scene.Ends || m.Kind == scene.Whole,
			d.socketsOf(m.States[0]), d.socketsOf(m.States[1]), report.Clean(m.Heard)})
		if _, known := d.Items[itemName(i)]; known {
			continue
		}
		it := item{Causes: itemNames(s.Causes(i)), Effects: itemNames(s.Effects(i))}
		if m.Segment != nil {
			it.Head, it.Rows, it.Raw = report.Clean(segmentName(m.Step)), segmentRows(s, m.Step), octets(m.Segment)
		} else {
			it.Head, it.Rows = report.Clean(scene.Title(m.Call)), callRows(s, m.Call)
		}
		d.Items[itemName(i)] = it
	}
	return d
}

func itemNames(list []scene.Item) (names []string) {
	for _, i := range list {
		names = append(names, itemName(i))
	}
	return names
}

// socketsOf returns the places of sockets, and notes those that are new.
func (d *runData) socketsOf(list []analysis.Socket) []int {
	places := []int{}
	for _, s := range list {
		var owes []string
		for _, r := range s.Owes {
			owes = append(owes, "RST "+string(r))
		}
		if s.OwesFIN {
			owes = append(owes, "FIN")
		}
		one := socketData{s.State.String(), report.Clean(string(s.Pending)), report.Clean(string(s.Soft)), s.Unread,
			s.FINReceived, s.ReadShut, s.WriteShut, s.Orphan, strings.Join(owes, ", ")}
		n := slices.Index(d.Sockets, one)
		if n < 0 {
			n = len(d.Sockets)
			d.Sockets = append(d.Sockets, one)
		}
		places = append(places, n)
	}
	return places
}
