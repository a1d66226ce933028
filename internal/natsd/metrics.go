package natsd

// register makes the metrics known, all of them or none.
func (s *Server) register() error {
	if s.opts.Registerer == nil {
		return nil
	}
	for i, m := range s.metrics {
		if err := s.opts.Registerer.Register(m); err != nil {
			s.metrics = s.metrics[:i] // the others may be those of another engine
			s.unregister()
			return err
		}
	}
	return nil
}

func (s *Server) unregister() {
	if s.opts.Registerer == nil {
		return
	}
	for _, m := range s.metrics {
		s.opts.Registerer.Unregister(m)
	}
}
