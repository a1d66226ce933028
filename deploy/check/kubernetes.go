package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// checkKustomize builds the kustomizations and reads what they make as a Kubernetes server does.
func checkKustomize(deploy string) error {
	for dir, want := range map[string][]string{
		"base":    {"ConfigMap", "NetworkPolicy", "Service", "StatefulSet"},
		"cluster": {"ConfigMap", "Deployment", "Deployment", "PodDisruptionBudget", "PodDisruptionBudget", "Service"},
	} {
		made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join(deploy, "kubernetes", dir))
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		text, err := made.AsYaml()
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		if err := checkObjects(string(text), want); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}

// checkHelm renders the chart in both of its modes.
func checkHelm(deploy string) error {
	chart, err := loader.Load(filepath.Join(deploy, "kubernetes", "helm", "sainyuka"))
	if err != nil {
		return err
	}
	if err := chart.Validate(); err != nil {
		return err
	}
	ingress := map[string]any{"enabled": true, "className": "nginx", "host": "stock.example", "tlsSecret": "tls"}
	for _, c := range []struct {
		values map[string]any
		want   []string
	}{
		{nil, []string{"ConfigMap", "Service", "StatefulSet"}},
		{map[string]any{"ingress": ingress}, []string{"ConfigMap", "Ingress", "Service", "StatefulSet"}},
		{map[string]any{"mode": "cluster"}, []string{"ConfigMap", "Deployment", "Deployment", "PodDisruptionBudget", "PodDisruptionBudget", "Service"}},
	} {
		values, err := chartutil.ToRenderValues(chart, c.values, chartutil.ReleaseOptions{Name: "stock", Namespace: "shop"}, chartutil.DefaultCapabilities)
		if err != nil {
			return fmt.Errorf("values %v: %w", c.values, err)
		}
		files, err := (engine.Engine{Strict: true}).Render(chart, values)
		if err != nil {
			return fmt.Errorf("values %v: %w", c.values, err)
		}
		var texts []string
		for name, text := range files {
			if strings.HasSuffix(name, ".yaml") {
				texts = append(texts, text)
			}
		}
		if err := checkObjects(strings.Join(texts, "\n---\n"), c.want); err != nil {
			return fmt.Errorf("values %v: %w", c.values, err)
		}
	}
	wrong := map[string]any{"mode": "swarm"}
	if _, err := chartutil.ToRenderValues(chart, wrong, chartutil.ReleaseOptions{Name: "stock"}, chartutil.DefaultCapabilities); err == nil {
		return errors.New("values.schema.json takes mode: swarm, want an error")
	}
	return nil
}

// checkObjects reads documents strictly, by the types of Kubernetes's API: an unknown or doubled field is an error.
func checkObjects(text string, want []string) error {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, policyv1.AddToScheme} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	var kinds []string
	var pods []corev1.PodTemplateSpec
	for document := range strings.SplitSeq("\n"+text, "\n---") {
		if strings.TrimSpace(document) == "" {
			continue
		}
		object, kind, err := decoder.Decode([]byte(document), nil, nil)
		if err != nil {
			return fmt.Errorf("%w in\n%s", err, document)
		}
		kinds = append(kinds, kind.Kind)
		switch o := object.(type) {
		case *appsv1.StatefulSet:
			pods = append(pods, o.Spec.Template)
			if !selects(o.Spec.Selector.MatchLabels, o.Spec.Template.Labels) {
				return fmt.Errorf("%s: its selector %v does not select its pods %v", o.Name, o.Spec.Selector, o.Spec.Template.Labels)
			}
		case *appsv1.Deployment:
			pods = append(pods, o.Spec.Template)
			if !selects(o.Spec.Selector.MatchLabels, o.Spec.Template.Labels) {
				return fmt.Errorf("%s: its selector %v does not select its pods %v", o.Name, o.Spec.Selector, o.Spec.Template.Labels)
			}
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, want) {
		return fmt.Errorf("it makes %v, want %v", kinds, want)
	}
	for _, p := range pods {
		if err := checkPod(p.Spec); err != nil {
			return err
		}
	}
	return nil
}

func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if labels[k] != v {
			return false
		}
	}
	return len(selector) > 0
}

// checkPod holds what Kubernetes's standard "restricted" asks for, and that every mount has its volume.
func checkPod(p corev1.PodSpec) error {
	s := p.SecurityContext
	if s == nil || s.RunAsNonRoot == nil || !*s.RunAsNonRoot || s.SeccompProfile == nil {
		return errors.New("a pod may run as root, or without a seccomp profile")
	}
	for _, c := range p.Containers {
		s := c.SecurityContext
		if s == nil || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem || !slices.Contains(s.Capabilities.Drop, "ALL") {
			return fmt.Errorf("container %s has more rights than it needs", c.Name)
		}
		if c.ReadinessProbe == nil || c.LivenessProbe == nil || c.Image == "" || c.Resources.Limits.Memory().IsZero() {
			return fmt.Errorf("container %s lacks probes, an image or a limit of its memory", c.Name)
		}
		for _, m := range c.VolumeMounts {
			claimed := m.Name == "state" // of the set's claim
			if !claimed && !slices.ContainsFunc(p.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name }) {
				return fmt.Errorf("container %s mounts %s, which is no volume", c.Name, m.Name)
			}
		}
	}
	return nil
}
