# Mezzotint in a container:
#
#   docker build -t mezzotint .
#   docker run --rm --read-only -p 8080:8080 -v /path/to/images:/images:ro mezzotint
#
# The tag names the current long-term release of Node; to pin it for good: --build-arg NODE_IMAGE=node@sha256:...
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
RUN node deploy/prune.mjs

FROM ${NODE_IMAGE}
# jemalloc keeps resident memory flat under load, where glibc's arenas grow.
RUN apt-get update \
  && apt-get install -y --no-install-recommends libjemalloc2 \
  && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack
ENV NODE_ENV=production \
  LD_PRELOAD=libjemalloc.so.2 \
  MALLOC_ARENA_MAX=2 \
  HOST=0.0.0.0 \
  PORT=8080 \
  FILESYSTEM_PREFIX=/images \
  MEZZOTINT_SAMPLES=off
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
VOLUME /images
EXPOSE 8080
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/server/main.js"]
