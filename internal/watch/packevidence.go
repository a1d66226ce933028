package watch

// maxWhole is up to how many watches the evidence of their states is not packed. Of more
// than that, each is looked at so seldom that packing costs less than the memory.
const maxWhole = 2000

// packEvidence packs the evidence of a watch's state, which only records need.
func (h *host) packEvidence(f *follow) {
	if !h.many.Load() || f.track.State.Evidence == nil {
		return
	}
	f.packed = h.evidence.Pack(f.track.State.Evidence)
	f.track.State.Evidence = nil
}

// unpackEvidence undoes packEvidence.
func (h *host) unpackEvidence(f *follow) {
	if f.packed == nil {
		return
	}
	evidence, err := h.evidence.Unpack(f.packed)
	if err != nil {
		h.Logger.Error("the evidence of a watch is lost", "watch", f.watch.ID, "err", err)
	}
	f.track.State.Evidence, f.packed = evidence, nil
}
