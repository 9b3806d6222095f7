package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/worksheet"
	"github.com/rstwatch/rstwatch/capture/file"
)

// folderName is a flag that takes the name of a folder.
type folderName string

// String, Set and Type make a folderName a pflag.Value.
func (f *folderName) String() string { return string(*f) }

func (f *folderName) Set(s string) error {
	if s == "" {
		return errors.New("it takes the name of a folder")
	}
	*f = folderName(s)
	return nil
}

func (f *folderName) Type() string { return "folder" }

// addWorksheet makes --worksheet a flag of cmd, which shows scenarios.
func (f *outputFlags) addWorksheet(cmd *cobra.Command) {
	cmd.Flags().Var(&f.worksheet, "worksheet", "make a new `FOLDER` of exercises: blind traces and questions for students, the key for the teacher")
	_ = cmd.MarkFlagDirname("worksheet") // it is there
}

// openSheets makes ready to write a worksheet.
func openSheets(path folderName) (*file.Folder, error) {
	sheets, err := file.CreateFolder(string(path))
	switch {
	case errors.Is(err, file.ErrNotEmpty):
		return nil, &failure{code: exitFile, err: err, hint: "--worksheet with a name that is not taken"}
	case err != nil:
		return nil, unwritable(err)
	}
	return sheets, nil
}

// finishSheets writes the worksheet about all runs and gives its folder the name.
// Where no run was explained there is none: the report says why.
func (o *outputs) finishSheets() error {
	if o.sheets == nil {
		return nil
	}
	files, err := worksheet.Make(o.runs, "rstwatch "+version)
	if err != nil || len(files) == 0 {
		return err
	}
	for _, f := range files {
		if err := o.sheets.WriteFile(f.Name, f.Data); err != nil {
			return unwritable(err)
		}
	}
	if err := o.sheets.Commit(); err != nil {
		return unwritable(err)
	}
	return nil
}
