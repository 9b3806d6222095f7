// Package svg draws a ladder of a scene as SVG, for slides and for pages: five
// lanes from the left, the application that dialled, its kernel with the state
// of its socket, the wire, the other kernel, the other application.
//
// [Ladder] writes a file of its own. With [Options].Embed it writes an element
// for a page, which puts [Style] into itself once. All colours are CSS custom
// properties of the class ladder; where a page chooses light or dark itself,
// the attribute data-theme on an element around the drawing says which.
//
// # What a page can take hold of
//
// Everything that can be pointed at is an element g with tabindex 0 and these
// attributes:
//
//	class      call, segment or state, and beside it fin, rst, icmp, lost, fault
//	           (the call failed) and chain (it belongs to the causes of a verdict)
//	id         the prefix of the options, "-", and data-item
//	data-item  "e5" is the call with ID 5, "s6" the segment with ID 6, "k0-7" the
//	           state that the kernel at the left (0) or right (1) got by step 7
//	data-step  the steps that it stands for, by their places in Ladder.Steps: "3",
//	           or "3,9" for a call that begins in one and ends in another
//	data-y     "order,time": how low it begins on either axis
//	data-h     "order,time": how high it is, if it has an extent
//
// Elements with the class link join the items of a chain; data-from and data-to
// name the two. Elements with the class clock tell the time of a row, those with
// the class gap a silence that the axis of true time shortens. They have data-y,
// too.
//
// # The two axes
//
// In order, each row stands as close below the last as its text allows. In time,
// the distances are to scale, but for two exceptions: what happens at once stays
// as far apart as its text needs, and a silence that would dwarf all else is cut
// short and marked. What the second axis takes is in data-y, and in data-height
// of the svg element ("order,time"), so that this is all there is to do:
//
//	const axis = time ? 1 : 0;
//	drawing.classList.toggle("time", time);
//	const height = drawing.dataset.height.split(",")[axis];
//	drawing.setAttribute("viewBox", `0 0 ${drawing.dataset.width} ${height}`);
//	for (const g of drawing.querySelectorAll("[data-y]")) {
//	  g.setAttribute("transform", `translate(0 ${g.dataset.y.split(",")[axis]})`);
//	  if (!g.dataset.h) continue;
//	  const height = g.dataset.h.split(",")[axis];
//	  g.querySelector(".b")?.setAttribute("height", height);
//	  g.querySelector(".z")?.setAttribute("transform", `translate(0 ${height})`);
//	}
//
// Text is cleaned and escaped, whatever it says; widths are those of the widest
// monospaced fonts in use, and what does not fit its lane is cut and stands whole
// in the title of its item.
package svg
