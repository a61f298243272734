# Builds with what npm ci fetches and nothing else; runs without root, capabilities or a shell of its own making.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# The pinned node and esbuild come as packages of the registry; no install script is needed for the build.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json LICENSE README.md ./
COPY bin bin
COPY src src
COPY scripts scripts
COPY docs docs
RUN node scripts/build.ts && npm prune --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/gopatrol
COPY --from=build /src/package.json /src/LICENSE /src/README.md ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/bin bin
COPY --from=build /src/dist dist
COPY --from=build /src/docs/patterns docs/patterns
COPY --from=build /src/docs/schema docs/schema
RUN ln -s /opt/gopatrol/bin/gopatrol /usr/local/bin/gopatrol \
    && install -d -o 65532 -g 65532 -m 0700 /var/lib/gopatrol
USER 65532:65532
VOLUME /var/lib/gopatrol
EXPOSE 9464
# SIGTERM reaches the patrol itself: there is no shell in between.
ENTRYPOINT ["/usr/local/bin/gopatrol"]
CMD ["patrol", "-c", "/etc/gopatrol/gopatrol.toml", "--log-format", "json"]
