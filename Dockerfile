# One file for the three services and the command: a target each (extractor, loader, validator, cli).
#   docker build --target loader .
# No BuildKit-only syntax, so that the classic builder and other tools can build it. The base is an argument, so that a
# mirror or a pinned digest can stand in for it.
ARG NODE_IMAGE=node:24-bookworm-slim

# -- install and build: all packages, once for all targets ---------------------------------------------------------
FROM ${NODE_IMAGE} AS build
WORKDIR /app
RUN npm install --global pnpm@10.34.9
# The manifests first: as long as they stay the same, the installed packages come from the cache.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches patches
COPY packages/contracts/package.json packages/contracts/
COPY packages/runtime/package.json packages/runtime/
COPY packages/control/package.json packages/control/
COPY packages/dialect/package.json packages/dialect/
COPY packages/testkit/package.json packages/testkit/
COPY services/extractor/package.json services/extractor/
COPY services/loader/package.json services/loader/
COPY services/validator/package.json services/validator/
COPY cli/package.json cli/
RUN pnpm install --frozen-lockfile
COPY tsconfig.json tsconfig.base.json ./
COPY packages packages
COPY services services
COPY cli cli
RUN pnpm exec tsc -b
# What only development needs goes: packages, sources and type files.
RUN find . -name node_modules -prune -exec rm -rf {} + \
 && CI=true pnpm install --frozen-lockfile --prod --offline \
 && rm -rf packages/testkit \
 && find packages services cli -path '*/node_modules' -prune -o -type d \( -name src -o -name test \) -prune -exec rm -rf {} + \
 && find packages services cli -path '*/node_modules' -prune -o -type f \( -name '*.d.ts' -o -name '*.tsbuildinfo' -o -name '.tsbuildinfo' \) -exec rm -f {} +

# -- what all services share ---------------------------------------------------------------------------------------
FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
COPY ops/docker/entrypoint.sh /usr/local/bin/causeway-entrypoint
# /state belongs to the user below, so that a volume mounted there does too.
RUN chmod 755 /usr/local/bin/causeway-entrypoint && mkdir /state /source && chown node:node /state
USER node
ENTRYPOINT ["/usr/local/bin/causeway-entrypoint"]

FROM runtime AS extractor
CMD ["node", "--enable-source-maps", "services/extractor/dist/main.js"]

FROM runtime AS loader
CMD ["node", "--enable-source-maps", "services/loader/dist/main.js"]

FROM runtime AS validator
CMD ["node", "--enable-source-maps", "services/validator/dist/main.js"]

FROM runtime AS cli
CMD ["node", "--enable-source-maps", "cli/dist/main.js", "--help"]

# The command with pg_dump and pg_restore of the server's version.
FROM runtime AS backup
USER root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql-client-15 && rm -rf /var/lib/apt/lists/* && mkdir /backups && chown node:node /backups
USER node
CMD ["node", "--enable-source-maps", "cli/dist/main.js", "backup", "--help"]
