{{- define "medverka.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* At most 52 characters, so that what is put behind it ("-headless", a pod's ordinal) stays below 63. */}}
{{- define "medverka.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "medverka.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "medverka.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "medverka.selectorLabels" -}}
app.kubernetes.io/name: {{ include "medverka.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "medverka.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "medverka.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: medverka
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "medverka.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "medverka.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "medverka.image" -}}
{{- $image := .Values.image }}
{{- $name := $image.repository }}
{{- if $image.registry }}{{ $name = printf "%s/%s" $image.registry $name }}{{ end }}
{{- if $image.digest }}{{ printf "%s@%s" $name $image.digest }}{{ else }}{{ printf "%s:%s" $name (default .Chart.AppVersion $image.tag) }}{{ end }}
{{- end }}

{{/* Places inside the container. */}}
{{- define "medverka.secrets" -}}/run/secrets/medverka{{- end }}
{{- define "medverka.state" -}}/var/lib/medverka{{- end }}

{{/* A scalar as text. Numbers come as floating point; a whole one must not become 1e+06. */}}
{{- define "medverka.plain" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ toString . }}{{ end }}
{{- end }}

{{/* The Kafka properties: what config.kafka says, and what follows from kafkaAuth. Secrets only as names of files. */}}
{{- define "medverka.kafka" -}}
{{- $secrets := include "medverka.secrets" . }}
{{- $tls := .Values.kafkaAuth.tls }}
{{- $sasl := .Values.kafkaAuth.sasl }}
{{- $made := dict }}
{{- if and $tls.enabled $sasl.enabled }}
{{- $_ := set $made "security.protocol" "SASL_SSL" }}
{{- else if $tls.enabled }}
{{- $_ := set $made "security.protocol" "SSL" }}
{{- else if $sasl.enabled }}
{{- $_ := set $made "security.protocol" "SASL_PLAINTEXT" }}
{{- end }}
{{- if $tls.enabled }}
{{- if $tls.ca.existingSecret }}
{{- $_ := set $made "ssl.ca.location" (printf "%s/kafka-ca/%s" $secrets $tls.ca.key) }}
{{- end }}
{{- with $tls.certificate }}
{{- if .existingSecret }}
{{- $_ := set $made "ssl.certificate.location" (printf "%s/kafka-certificate/%s" $secrets .certificateKey) }}
{{- $_ := set $made "ssl.key.location" (printf "%s/kafka-certificate/%s" $secrets .privateKeyKey) }}
{{- if .privateKeyPasswordKey }}
{{- $_ := set $made "ssl.key.password_file" (printf "%s/kafka-certificate/%s" $secrets .privateKeyPasswordKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if $sasl.enabled }}
{{- $_ := set $made "sasl.mechanism" $sasl.mechanism }}
{{- $_ := set $made "sasl.username" $sasl.username }}
{{- $_ := set $made "sasl.password_file" (printf "%s/kafka-sasl/%s" $secrets $sasl.passwordKey) }}
{{- end }}
{{- range $property, $value := .Values.config.kafka }}
{{- if hasKey $made $property }}
{{- fail (printf "config.kafka has %s, which follows from kafkaAuth already: leave it out" $property) }}
{{- end }}
{{- $_ := set $made $property (include "medverka.plain" $value) }}
{{- end }}
{{- range $property := list "sasl.password" "ssl.key.password" "ssl.key.pem" "ssl.keystore.password" "sasl.oauthbearer.client.secret" "sasl.oauthbearer.config" }}
{{- if hasKey $made $property }}
{{- fail (printf "config.kafka.%s would lie in a ConfigMap: put it into a Secret (kafkaAuth, or extraVolumes and %s_file)" $property $property) }}
{{- end }}
{{- end }}
{{- toYaml $made }}
{{- end }}

{{/* medverka.yaml */}}
{{- define "medverka.config" -}}
{{- $config := deepCopy .Values.config }}
{{- $_ := set $config "kafka" (include "medverka.kafka" . | fromYaml) }}
{{- $_ := set $config "state" (dict "directory" (include "medverka.state" .)) }}
{{- $_ := set $config "http" (dict "listen" (printf "%s:%v" .Values.http.address .Values.http.port)) }}
{{- $_ := set $config "subject_key_file" (printf "%s/subject-key/%s" (include "medverka.secrets" .) .Values.subjectKey.key) }}
{{- $_ := set $config "subject_key_id" (.Values.subjectKey.id | int) }}
{{- $_ := set $config.commit "records_max" ($config.commit.records_max | int64) }}
{{- toYaml $config }}
{{- end }}

{{/* Of the configuration, without what a running pod takes up by itself when the mounted file changes. */}}
{{- define "medverka.configChecksum" -}}
{{- $config := include "medverka.config" . | fromYaml }}
{{- $_ := unset $config.commit "interval" }}
{{- $_ := unset $config.backfill "share" }}
{{- $_ := unset $config.log "level" }}
{{- toYaml $config | sha256sum }}
{{- end }}

{{/* MiB of a size: "256MiB" as medverka.yaml has them, "3Gi" as Kubernetes. 0: not understood. */}}
{{- define "medverka.mebibytes" -}}
{{- $size := toString . }}
{{- $number := regexFind "^[0-9]+([.][0-9]+)?" $size }}
{{- $unit := trimPrefix $number $size | trim }}
{{- $factors := dict "" 0.00000095367431640625 "B" 0.00000095367431640625 "Ki" 0.0009765625 "KiB" 0.0009765625 "Mi" 1.0 "MiB" 1.0 "Gi" 1024.0 "GiB" 1024.0 "Ti" 1048576.0 "TiB" 1048576.0 "k" 0.00095367431640625 "kB" 0.00095367431640625 "M" 0.95367431640625 "MB" 0.95367431640625 "G" 953.67431640625 "GB" 953.67431640625 }}
{{- if and $number (hasKey $factors $unit) }}{{ mulf (float64 $number) (get $factors $unit) | floor | int }}{{ else }}0{{ end }}
{{- end }}

{{/* The lanes that one pod has when another is down, or all of them when there is only one. */}}
{{- define "medverka.lanesPerPod" -}}
{{- $pods := max 1 (sub (int .Values.replicaCount) (int .Values.podDisruptionBudget.maxUnavailable)) }}
{{- div (add (int .Values.config.topics.partitions) (sub $pods 1)) $pods }}
{{- end }}

{{/* MiB that a pod of lanes may take: the caches, per lane the two queues and two batches, and 256 MiB for programs, the
     catalogue, table readers and connections. */}}
{{- define "medverka.memoryBudget" -}}
{{- $memory := .Values.config.memory }}
{{- $shared := 256 }}
{{- range list $memory.block_cache $memory.hot_patients }}
{{- $shared = add $shared (include "medverka.mebibytes" . | int) }}
{{- end }}
{{- $lane := add (include "medverka.mebibytes" $memory.producer_queue | int) (include "medverka.mebibytes" $memory.consumer_queue | int) (mul 2 (include "medverka.mebibytes" .Values.config.commit.bytes_max | int)) }}
{{- add $shared (mul $lane (include "medverka.lanesPerPod" . | int)) }}
{{- end }}

{{/* What the schema cannot say. */}}
{{- define "medverka.validate" -}}
{{- if not (index .Values.config.kafka "bootstrap.servers") }}
{{- fail "config.kafka.bootstrap\\.servers must name the brokers, as in kafka-0.kafka:9092" }}
{{- end }}
{{- if not .Values.subjectKey.existingSecret }}
{{- fail "subjectKey.existingSecret must name a Secret: openssl rand -hex 32 > key; kubectl create secret generic medverka-subject-key --from-file=subject-key=key" }}
{{- end }}
{{- with .Values.kafkaAuth.sasl }}
{{- if and .enabled (or (not .existingSecret) (not .username)) }}
{{- fail "kafkaAuth.sasl is enabled: it needs username, and existingSecret with the password" }}
{{- end }}
{{- if and .enabled (eq .mechanism "PLAIN") (not $.Values.kafkaAuth.tls.enabled) }}
{{- fail "kafkaAuth.sasl.mechanism PLAIN would send the password in the clear: enable kafkaAuth.tls" }}
{{- end }}
{{- end }}
{{- with .Values.kafkaAuth.tls }}
{{- if and (not .enabled) (or .ca.existingSecret .certificate.existingSecret) }}
{{- fail "kafkaAuth.tls names a Secret but is not enabled" }}
{{- end }}
{{- end }}
{{- $limit := dig "limits" "memory" "" .Values.resources }}
{{- if $limit }}
{{- $have := include "medverka.mebibytes" $limit | int }}
{{- $need := include "medverka.memoryBudget" . | int }}
{{- if and $have (lt $have $need) }}
{{- fail (printf "resources.limits.memory is %v, %d MiB, but config.memory needs %d MiB with %v lanes in a pod: raise the one or lower the other" $limit $have $need (include "medverka.lanesPerPod" .)) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "medverka.labelsOf" -}}
{{ include "medverka.labels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The pod of lanes and the pod of the api: {root, component, resources}. `state` is the volume of the caller. */}}
{{- define "medverka.pod" -}}
{{- $root := .root }}
{{- with $root.Values -}}
metadata:
  annotations:
    checksum/config: {{ include "medverka.configChecksum" $root }}
    {{- with .podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  labels:
    {{- include "medverka.labelsOf" (dict "root" $root "component" $.component) | nindent 4 }}
    {{- with .podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "medverka.serviceAccountName" $root }}
  automountServiceAccountToken: false
  # Or a Service named medverka would put MEDVERKA_PORT and the like among the keys that the environment overrides.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .terminationGracePeriodSeconds }}
  {{- with .imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- include "medverka.podSecurityContext" $root | nindent 4 }}
  containers:
    - name: medverka
      image: {{ include "medverka.image" $root | quote }}
      imagePullPolicy: {{ .image.pullPolicy }}
      args: [serve, --config, /etc/medverka/medverka.yaml]
      env:
        # Static membership: a pod that comes back within the session keeps its lanes.
        - name: MEDVERKA_INSTANCE
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- if eq $.component "api" }}
        - name: MEDVERKA_ROLES
          value: api
        {{- end }}
        {{- with .extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: http
          containerPort: {{ .http.port }}
      startupProbe:
        httpGet: {path: /livez, port: http}
        {{- toYaml .startupProbe | nindent 8 }}
      livenessProbe:
        httpGet: {path: /livez, port: http}
        {{- toYaml .livenessProbe | nindent 8 }}
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        {{- toYaml .readinessProbe | nindent 8 }}
      resources:
        {{- toYaml $.resources | nindent 8 }}
      securityContext:
        {{- include "medverka.securityContext" $root | nindent 8 }}
      volumeMounts:
        - {name: state, mountPath: {{ include "medverka.state" $root }}}
        {{- include "medverka.mounts" $root | nindent 8 }}
  volumes:
    {{- if ne $.component "lanes" }}
    - name: state
      emptyDir:
        sizeLimit: {{ .api.stateSize }}
    {{- else if not .persistence.enabled }}
    - name: state
      emptyDir:
        sizeLimit: {{ .persistence.size }}
    {{- end }}
    {{- include "medverka.volumes" $root | nindent 4 }}
  topologySpreadConstraints:
    {{- if .topologySpreadConstraints }}
    {{- toYaml .topologySpreadConstraints | nindent 4 }}
    {{- else }}
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "medverka.selectorLabels" $root | nindent 10 }}
          app.kubernetes.io/component: {{ $.component }}
    {{- end }}
    {{- end }}
  {{- with .nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "medverka.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ .Values.runAsUser }}
runAsGroup: {{ .Values.fsGroup }}
fsGroup: {{ .Values.fsGroup }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "medverka.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Folders, not single files of them: only those follow a change of the ConfigMap or Secret. */}}
{{- define "medverka.mounts" -}}
{{- $secrets := include "medverka.secrets" . -}}
- {name: config, mountPath: /etc/medverka, readOnly: true}
- {name: subject-key, mountPath: {{ $secrets }}/subject-key, readOnly: true}
{{- with .Values.kafkaAuth }}
{{- if .tls.ca.existingSecret }}
- {name: kafka-ca, mountPath: {{ $secrets }}/kafka-ca, readOnly: true}
{{- end }}
{{- if .tls.certificate.existingSecret }}
- {name: kafka-certificate, mountPath: {{ $secrets }}/kafka-certificate, readOnly: true}
{{- end }}
{{- if .sasl.enabled }}
- {name: kafka-sasl, mountPath: {{ $secrets }}/kafka-sasl, readOnly: true}
{{- end }}
{{- end }}
- {name: tmp, mountPath: /tmp}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "medverka.secretVolume" -}}
- name: {{ .name }}
  secret:
    secretName: {{ .secret }}
    # Nothing for others: Medverka refuses a key that everybody may read.
    defaultMode: 0440
    items:
      {{- range .keys }}
      - {key: {{ . | quote }}, path: {{ . | quote }}}
      {{- end }}
{{- end }}

{{- define "medverka.volumes" -}}
- name: config
  configMap:
    name: {{ include "medverka.fullname" . }}
{{ include "medverka.secretVolume" (dict "name" "subject-key" "secret" .Values.subjectKey.existingSecret "keys" (list .Values.subjectKey.key)) }}
{{- with .Values.kafkaAuth.tls.ca }}
{{- if .existingSecret }}
{{ include "medverka.secretVolume" (dict "name" "kafka-ca" "secret" .existingSecret "keys" (list .key)) }}
{{- end }}
{{- end }}
{{- with .Values.kafkaAuth.tls.certificate }}
{{- if .existingSecret }}
{{ include "medverka.secretVolume" (dict "name" "kafka-certificate" "secret" .existingSecret "keys" (compact (list .certificateKey .privateKeyKey .privateKeyPasswordKey))) }}
{{- end }}
{{- end }}
{{- with .Values.kafkaAuth.sasl }}
{{- if .enabled }}
{{ include "medverka.secretVolume" (dict "name" "kafka-sasl" "secret" .existingSecret "keys" (list .passwordKey)) }}
{{- end }}
{{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
