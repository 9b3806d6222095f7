// Package scene tells a run as what is to be seen of it: who stands where, what
// happened moment by moment, what either kernel's socket was after each, what
// caused what, and a verdict in sentences. Whatever is drawn of a run, on a
// terminal, as a picture or as a page, is drawn from its scene, so that all say
// the same.
//
// A scene is computed from the run alone; nothing is read, and nothing printed.
// Text of a run may come from a peer or from a file: who prints it makes it
// harmless to what it is printed on.
package scene
