// Command go-counts prints, for each Go file below a directory, what Go's own scanner and parser count in it. The
// tests of src/source compare their lexer and parser with it.
//
// One line a file, tab-separated: path, then the numbers in the order of the header line.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

type counts struct {
	tokens, lineSum, functions, methods, variables, types, fields           int
	calls, literals, functionLiterals, assigns, ifs, fors, ranges, switches int
	selects, sends, returns, gos, defers, slices, keyValues                 int
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintln(out, "path\ttokens\tlineSum\tfunctions\tmethods\tvariables\ttypes\tfields\tcalls\tliterals\tfunctionLiterals\tassigns\tifs\tfors\tranges\tswitches\tselects\tsends\treturns\tgos\tdefers\tslices\tkeyValues")
	filepath.WalkDir(os.Args[1], func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		count, err := countFile(path, text)
		if err != nil {
			return nil
		}
		fmt.Fprintf(out, "%s\t%s\n", path, strings.ReplaceAll(strings.Trim(fmt.Sprint(*count), "{}"), " ", "\t"))
		return nil
	})
}

func countFile(path string, text []byte) (*counts, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	count := &counts{}
	scanTokens(text, count)
	for _, declaration := range parsed.Decls {
		switch declaration := declaration.(type) {
		case *ast.FuncDecl:
			if declaration.Recv == nil {
				count.functions++
			} else {
				count.methods++
			}
			if declaration.Body != nil {
				countBody(declaration.Body, count)
			}
		case *ast.GenDecl:
			for _, spec := range declaration.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					if declaration.Tok == token.VAR {
						count.variables += len(spec.Names)
					}
				case *ast.TypeSpec:
					count.types++
					if structure, ok := spec.Type.(*ast.StructType); ok {
						count.fields += structure.Fields.NumFields()
					}
				}
			}
		}
	}
	return count, nil
}

func scanTokens(text []byte, count *counts) {
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(text))
	var s scanner.Scanner
	s.Init(file, text, nil, 0)
	for {
		position, kind, _ := s.Scan()
		count.tokens++
		if kind == token.EOF {
			return
		}
		// Lines as they are in the file, whatever //line comments say.
		count.lineSum = (count.lineSum*31 + file.PositionFor(position, false).Line) % 1000003
	}
}

func countBody(body *ast.BlockStmt, count *counts) {
	ast.Inspect(body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CallExpr:
			count.calls++
		case *ast.CompositeLit:
			count.literals++
		case *ast.FuncLit:
			count.functionLiterals++
		case *ast.AssignStmt:
			count.assigns++
		case *ast.IfStmt:
			count.ifs++
		case *ast.ForStmt:
			count.fors++
		case *ast.RangeStmt:
			count.ranges++
		case *ast.SwitchStmt, *ast.TypeSwitchStmt:
			count.switches++
		case *ast.SelectStmt:
			count.selects++
		case *ast.SendStmt:
			count.sends++
		case *ast.ReturnStmt:
			count.returns++
		case *ast.GoStmt:
			count.gos++
		case *ast.DeferStmt:
			count.defers++
		case *ast.SliceExpr:
			count.slices++
		case *ast.KeyValueExpr:
			count.keyValues++
		case *ast.StructType, *ast.InterfaceType, *ast.FuncType, *ast.ArrayType, *ast.MapType, *ast.ChanType:
			// A type is one leaf in our tree.
			return false
		case *ast.DeclStmt:
			if declaration, ok := node.Decl.(*ast.GenDecl); ok && declaration.Tok == token.TYPE {
				return false
			}
		}
		return true
	})
}
