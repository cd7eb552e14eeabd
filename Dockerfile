# syntax=docker/dockerfile:1
# The image of `medverka`: built on Debian 12 by ./dev, run on Debian 12 with the libraries it needs and nothing to build with.
#
#   docker build --tag registry.example.se/medverka:0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" .
#
# Held by tests/tidy/image.py; tests/helm/image_test.py compares the packages below with the libraries that the binary asks for.

# By tag and digest: the same bytes for everybody. Both move together, for Debian's security updates.
ARG DEBIAN=debian:bookworm-20260824-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171

FROM ${DEBIAN} AS build
ARG JOBS=""
ENV MEDVERKA_JOBS=${JOBS}
WORKDIR /medverka
# The packages first: they change less often than the code.
COPY dev ./
RUN ./dev setup build
COPY . .
ARG REVISION=unknown
RUN MEDVERKA_REVISION="${REVISION}" ./dev build release medverka \
 && strip --strip-unneeded build/release/medverka

FROM ${DEBIAN} AS runtime
ARG REVISION=unknown
LABEL org.opencontainers.image.title="medverka" \
      org.opencontainers.image.description="Matches patients' journal events to the eligibility criteria of clinical studies" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
# Debian's security updates of the day, then what the binary is linked with; certificates for TLS to the brokers; time zones;
# jemalloc, because glibc's arenas keep what RocksDB gave back.
RUN apt-get update \
 && apt-get upgrade --yes \
 && apt-get install --yes --no-install-recommends \
      ca-certificates \
      libboost-container1.81.0 \
      libboost-json1.81.0 \
      libdate-tz3 \
      libfmt9 \
      libjemalloc2 \
      libprometheus-cpp-core1.0 \
      librdkafka1 \
      libre2-9 \
      librocksdb7.8 \
      libsimdjson14 \
      libspdlog1.10 \
      libssl3 \
      libstdc++6 \
      libyaml-cpp0.7 \
      libzstd1 \
      tzdata \
      zlib1g \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
 && install -d -o 65532 -g 65532 -m 0750 /var/lib/medverka
COPY --from=build /medverka/build/release/medverka /usr/bin/medverka
ENV LD_PRELOAD=libjemalloc.so.2
# By number, so that Kubernetes can see that it is not root.
USER 65532:65532
WORKDIR /var/lib/medverka
# Kubernetes has probes of its own (helm/medverka).
HEALTHCHECK NONE
STOPSIGNAL SIGTERM
EXPOSE 8080
ENTRYPOINT ["/usr/bin/medverka"]
CMD ["--help"]
