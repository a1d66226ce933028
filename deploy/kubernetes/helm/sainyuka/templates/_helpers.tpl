{{- define "sainyuka.labels" -}}
app.kubernetes.io/name: sainyuka
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sainyuka.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* What every pod is: not root, nothing to write but its volumes. */}}
{{- define "sainyuka.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 15
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "sainyuka.container" -}}
image: {{ include "sainyuka.image" . }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
ports:
  - {name: http, containerPort: 8480}
startupProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 2
  failureThreshold: 30
livenessProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 30
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - {name: config, mountPath: /etc/sainyuka/config.toml, subPath: config.toml, readOnly: true}
  - {name: secrets, mountPath: /etc/sainyuka/secrets, readOnly: true}
  - {name: state, mountPath: /var/lib/sainyuka}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- define "sainyuka.volumes" -}}
- name: config
  configMap: {name: {{ .Release.Name }}-config}
- name: secrets
  secret: {secretName: {{ .Values.secretName }}, defaultMode: 0440}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- end }}

{{- define "sainyuka.annotations" -}}
prometheus.io/scrape: "true"
prometheus.io/port: "8480"
checksum/config: {{ .Values.config | sha256sum }}
{{- end }}
