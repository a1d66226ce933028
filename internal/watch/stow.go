package watch

// maxWhole is how many watches keep the evidence of their state as it is. Of more than
// that, each is looked at so seldom that unpacking it costs less than its memory.
const maxWhole = 2000

// stow packs what of a watch's state is only needed when a record is made.
func (h *host) stow(f *follow) {
	if !h.many.Load() || f.track.State.Evidence == nil {
		return
	}
	f.packed = h.evidence.Pack(f.track.State.Evidence)
	f.track.State.Evidence = nil
}

// unstow undoes stow.
func (h *host) unstow(f *follow) {
	if f.packed == nil {
		return
	}
	evidence, err := h.evidence.Unpack(f.packed)
	if err != nil {
		h.Logger.Error("the evidence of a watch is lost", "watch", f.watch.ID, "err", err)
	}
	f.track.State.Evidence, f.packed = evidence, nil
}
