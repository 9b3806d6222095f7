// Package match finds the connection that a line of a log speaks of among those
// of a survey. It weighs the ends that the line names, the moment at which it
// was written, and whether the connection's ending gives the program that wrote
// it such an error, and says of each candidate how sure it is, and why.
//
// Where a NAT or a proxy hides an end, or the line names only one, several may
// fit: then none is called certain.
package match
