package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// inventoryName is the file in data_dir that says what the store beside it held.
const inventoryName = "inventory.json"

// InventoryFile keeps the inventory of the embedded store in data_dir, outside of the
// store: damage to one need not damage the other.
type InventoryFile struct{ dir string }

// NewInventoryFile returns the inventory file of a data_dir.
func NewInventoryFile(dir string) InventoryFile { return InventoryFile{dir} }

// Load returns the last inventory, nil when there is none.
func (s InventoryFile) Load() ([]byte, error) {
	body, err := os.ReadFile(filepath.Join(s.dir, inventoryName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the inventory: %w", err)
	}
	return body, nil
}

// Save replaces the inventory: whole or not at all.
func (s InventoryFile) Save(inventory []byte) error {
	path := filepath.Join(s.dir, inventoryName)
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the inventory: %w", err)
	}
	_, err = f.Write(inventory)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(path+".part", path)
	}
	if err != nil {
		return fmt.Errorf("write the inventory: %w", err)
	}
	return nil
}

// Clear forgets the inventory: what the store holds from now on is of another time.
func (s InventoryFile) Clear() error {
	err := os.Remove(filepath.Join(s.dir, inventoryName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the inventory: %w", err)
	}
	return nil
}
