package homeassistant

import (
	"github.com/sainyuka/sainyuka/internal/channel/mqtt"
	"github.com/sainyuka/sainyuka/internal/stock"
)

// device is the discovery payload of one product: "Device discovery payload" of
// https://www.home-assistant.io/integrations/mqtt/, Home Assistant 2024.11 or later.
type device struct {
	Device       map[string]any       `json:"device"`
	Origin       map[string]string    `json:"origin"`
	Components   map[string]component `json:"components"`
	StateTopic   string               `json:"state_topic"`
	Availability string               `json:"availability_topic"`
	QoS          int                  `json:"qos"`
}

type component struct {
	Platform      string   `json:"platform"`
	Name          string   `json:"name"`
	UniqueID      string   `json:"unique_id"`
	DeviceClass   string   `json:"device_class,omitempty"`
	Options       []string `json:"options,omitempty"`
	Template      string   `json:"value_template,omitempty"`
	Unit          string   `json:"unit_of_measurement,omitempty"`
	Attributes    string   `json:"json_attributes_topic,omitempty"`
	CommandTopic  string   `json:"command_topic,omitempty"`
	PressedBy     string   `json:"payload_press,omitempty"`
	OwnStateTopic string   `json:"state_topic,omitempty"`
	EventTypes    []string `json:"event_types,omitempty"`
	Icon          string   `json:"icon,omitempty"`
}

const press = "PRESS"

// words are the names of a device's parts.
var words = map[string][2]string{
	"availability":    {"在庫", "Availability"},
	"price":           {"価格", "Best price"},
	"effective_price": {"実質価格", "Effective price"},
	"link":            {"リンク", "Best link"},
	"mute":            {"1時間通知しない", "Mute for an hour"},
	"seen":            {"確認した", "Seen"},
	"alert":           {"通知", "Alert"},
}

func word(key, language string) string {
	if language == "en" {
		return words[key][1]
	}
	return words[key][0]
}

// topics of a product below the channel's topic.
func stateTopic(topic, product string) string         { return topic + "/" + product + "/state" }
func commandTopic(topic, product, what string) string { return topic + "/" + product + "/" + what }
func statusTopic(topic string) string                 { return topic + "/status" }

// objectID names a product's device to Home Assistant. Two instances at one broker
// have different topics.
func objectID(topic, product string) string { return idPrefix(topic) + product }

func idPrefix(topic string) string { return "sainyuka_" + stock.ShortHash(topic)[:8] + "_" }

func configTopic(discovery, topic, product string) string {
	return discovery + "/device/" + objectID(topic, product) + "/config"
}

// deviceOf describes a product.
func (h *Hub) deviceOf(p stock.Product) device {
	topic, language := h.o.Broker.Topic, h.o.Language
	id := objectID(topic, p.ID)
	name := p.Name
	if name == "" {
		name = p.ID
	}
	about := map[string]any{"identifiers": []string{id}, "name": name, "manufacturer": "sainyuka", "sw_version": h.o.Version}
	if h.o.Dashboard != "" {
		about["configuration_url"] = h.o.Dashboard
	}
	part := func(platform, key string) component {
		return component{Platform: platform, Name: word(key, language), UniqueID: id + "_" + key}
	}
	sensor := func(key string) component {
		c := part("sensor", key)
		c.Template = "{{ value_json." + key + " }}"
		return c
	}
	state := sensor("availability")
	state.DeviceClass, state.Options, state.Attributes, state.Icon = "enum", values, stateTopic(topic, p.ID), "mdi:store-search"
	price, effective := sensor("price"), sensor("effective_price")
	for _, c := range []*component{&price, &effective} {
		c.DeviceClass, c.Unit = "monetary", p.Currency
	}
	link := sensor("link")
	link.Icon = "mdi:link"
	button := func(key string) component {
		c := part("button", key)
		c.CommandTopic, c.PressedBy = commandTopic(topic, p.ID, key), press
		return c
	}
	alert := part("event", "alert")
	alert.OwnStateTopic = mqtt.AlertTopic(topic, p.ID)
	for _, k := range stock.Kinds() {
		alert.EventTypes = append(alert.EventTypes, string(k))
	}
	for _, k := range []stock.Kind{stock.Flapping, stock.LimitsChanged} {
		alert.EventTypes = append(alert.EventTypes, string(k))
	}
	return device{
		Device: about, Origin: map[string]string{"name": "sainyuka", "sw_version": h.o.Version},
		Components: map[string]component{
			"availability": state, "price": price, "effective_price": effective, "link": link,
			"mute": button("mute"), "seen": button("seen"), "alert": alert,
		},
		StateTopic: stateTopic(topic, p.ID), Availability: statusTopic(topic), QoS: 1,
	}
}
