// Check a published log, its receipts and its consistency with what the go command trusts:
// golang.org/x/mod/sumdb/note and tlog, which share no line with our code.
//
//	check VERIFIER_KEY DIR
//
// DIR holds checkpoint and tile/ as they are published; any receipt.INDEX and consistency.OLD
// beside them are checked too, and must be byte for byte the proofs that tlog would make.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads tiles from a folder; C2SP's paths have no height, which is always 8.
type tiles struct{ dir string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(t.dir, path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// openCheckpoint verifies a note and reads origin, size and root from it.
func openCheckpoint(text []byte, key string) tlog.Tree {
	verifier, err := note.NewVerifier(key)
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		log.Fatalf("not a checkpoint of %s: %q", verifier.Name(), opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: root}
}

// checkEntries hashes every entry and compares it with the tiles that lead to the root.
func checkEntries(dir string, tree tlog.Tree, hashes tlog.HashReader) {
	for first := int64(0); first < tree.N; first += 256 {
		width := tree.N - first
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: -1, N: first / 256, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(dir, path))
		must(err)
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+i))
		}
		stored, err := hashes.ReadHashes(indexes)
		must(err)
		for i := int64(0); i < width; i++ {
			length := int(binary.BigEndian.Uint16(bundle))
			if stored[i] != tlog.RecordHash(bundle[2:2+length]) {
				log.Fatalf("entry %d is not the one of the tree", first+i)
			}
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			log.Fatalf("%s: %d bytes left over", path, len(bundle))
		}
	}
}

func parseProof(lines []string) []tlog.Hash {
	proof := []tlog.Hash{}
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		must(err)
		proof = append(proof, hash)
	}
	return proof
}

func equal(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// checkReceipt reads a tlog-proof by its specification and verifies it.
func checkReceipt(path, key string, tree tlog.Tree, hashes tlog.HashReader) {
	text, err := os.ReadFile(path)
	must(err)
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" ||
		!strings.HasPrefix(lines[1], "extra ") || !strings.HasPrefix(lines[2], "index ") {
		log.Fatalf("%s is no tlog-proof", path)
	}
	leaf, err := base64.StdEncoding.Strict().DecodeString(lines[1][len("extra "):])
	must(err)
	index, err := strconv.ParseInt(lines[2][len("index "):], 10, 64)
	must(err)
	if filepath.Ext(path) != "."+strconv.FormatInt(index, 10) {
		log.Fatalf("%s is of leaf %d", path, index)
	}
	signed := openCheckpoint(checkpoint, key)
	proof := parseProof(lines[3:])
	must(tlog.CheckRecord(proof, signed.N, signed.Hash, index, tlog.RecordHash(leaf)))
	if signed.N <= tree.N {
		expected, err := tlog.ProveRecord(signed.N, index, hashes)
		must(err)
		if !equal(proof, expected) {
			log.Fatalf("%s: tlog proves it otherwise", path)
		}
	}
}

func checkConsistency(path string, tree tlog.Tree, hashes tlog.HashReader) {
	text, err := os.ReadFile(path)
	must(err)
	old, err := strconv.ParseInt(filepath.Ext(path)[1:], 10, 64)
	must(err)
	root, err := tlog.TreeHash(old, hashes)
	must(err)
	proof := parseProof(strings.Fields(string(text)))
	must(tlog.CheckTree(proof, tree.N, tree.Hash, old, root))
	expected, err := tlog.ProveTree(tree.N, old, hashes)
	must(err)
	if !equal(proof, expected) {
		log.Fatalf("%s: tlog proves it otherwise", path)
	}
}

func main() {
	log.SetFlags(0)
	key, dir := os.Args[1], os.Args[2]
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	must(err)
	tree := openCheckpoint(text, key)
	if tree.N == 0 {
		fmt.Println("an empty tree")
		return
	}
	hashes := tlog.TileHashReader(tree, tiles{dir})
	checkEntries(dir, tree, hashes)
	receipts, err := filepath.Glob(filepath.Join(dir, "receipt.*"))
	must(err)
	for _, path := range receipts {
		checkReceipt(path, key, tree, hashes)
	}
	proofs, err := filepath.Glob(filepath.Join(dir, "consistency.*"))
	must(err)
	for _, path := range proofs {
		checkConsistency(path, tree, hashes)
	}
	fmt.Printf("%d entries, %d receipts, %d proofs of consistency\n", tree.N, len(receipts), len(proofs))
}
