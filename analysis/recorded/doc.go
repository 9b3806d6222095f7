// Package recorded holds the catalogue's stories as they were performed once,
// for where nothing can be captured: a laptop without the right to, a container,
// another system.
//
// catalogue.pcapng.zst is what "rstwatch run --all -4 -6 -w" wrote, compressed:
// every call, every segment, and when and on which system that was. It is
// explained anew by the model each time that it is read. "make recordings" makes
// it again, where private network namespaces can be had, and with it
// testdata/stories.sum: what each file of the catalogue said when its stories
// were recorded. A story that was changed since fails the tests of this package.
//
//	runs, err := recorded.Runs()
//	…
//	fmt.Println(runs[0].Scenario, runs[0].Origin())
package recorded
