# For who can pull a base; bin/image makes the same image of what the machine has.
# docker build -t aio . && docker run --read-only -p 8080:8080 -v /some/files:/srv:ro aio

FROM debian:bookworm AS build
COPY . /aio
# installs a JDK, Maven and a C compiler, and builds
RUN /aio/bin/image --root /image

# bin/image takes what stands behind this COPY for its own image
FROM scratch
COPY --from=build /image/ /
ENV LANG=C.UTF-8 MALLOC_ARENA_MAX=2
USER 65532:65532
WORKDIR /srv
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD \
    ["/opt/aio/jre/bin/java", "-Xmx16m", "-XX:TieredStopAtLevel=1", "-jar", "/opt/aio/aio.jar", "health"]
ENTRYPOINT ["/opt/aio/jre/bin/java", "-jar", "/opt/aio/aio.jar"]
CMD ["serve", "/srv", "--host", "0.0.0.0", "--health-path", "/healthz"]
