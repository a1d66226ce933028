package stock

// The facts of a watch that metrics tell, by the names that the configuration has for them.
const (
	MetricInfo           = "info" // its source and host
	MetricLastGood       = "last_good"
	MetricAvailability   = "availability"
	MetricPrice          = "price"
	MetricEffectivePrice = "effective_price"
	MetricInterval       = "interval"
	MetricResting        = "resting"
)

// WatchMetrics returns all of them.
func WatchMetrics() []string {
	return []string{MetricInfo, MetricLastGood, MetricAvailability, MetricPrice, MetricEffectivePrice, MetricInterval, MetricResting}
}
