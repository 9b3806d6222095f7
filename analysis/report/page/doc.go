// Package page writes runs as a page: one HTML file that opens from disk, asks
// nothing of the network, and prints. Of each scenario it has the story, the
// ladder, the verdicts in sentences and what the other platform would have
// returned; a player steps through it with both kernels' states, and a quiz asks
// what each failing call will return. Several runs have an index.
//
// [Write] takes finished runs, [Diagnoses] connections of a capture. Whatever
// text they carry is cleaned as for a terminal and escaped as text: nothing that
// came from a network or a file becomes markup or script. The page's own style
// and script are named by their hashes in its Content-Security-Policy, which
// forbids everything else.
//
// # What is in the page
//
// web has its parts: page.html (the shell and the index), run.html (an article
// for a run), player.html, page.css, and the script in a few files, joined in the
// order of [scripts]. The articles are complete without the script, which shows
// one of them at a time and puts the player into it:
//
//	article.run                 id run-N, data-scenario, data-slug (its place in addresses: #slug, #slug/step-5, #slug/s6)
//	  script.data               what the player knows of it, see runData
//	  ol.steps > li             the steps in words: data-item, data-p
//	[data-action]               buttons: first prev play next last axis quiz projector theme help
//	[data-step], [data-steps]   how many steps have happened, and how many there are
//	[data-state="0"], ="1"      what the socket at the left, at the right can be, each TCP state in a [data-tcp]
//	[data-heard]                the state that the kernel itself gave at the end of the call
//	[data-quiz-call]            the question; [data-answer] its choices, [data-quiz-result] right or wrong, [data-quiz-score]
package page
