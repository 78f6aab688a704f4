# The function's image: Node and dist/, nothing else. `fn deploy` uses this file because func.yaml says `runtime: docker`.
ARG BUILD_IMAGE=fnproject/node:22-dev
ARG RUN_IMAGE=fnproject/node:22

FROM ${BUILD_IMAGE} AS build
WORKDIR /function
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY build.mjs bundle.mjs tsconfig.json relay.config.ts ./
COPY src ./src
COPY handlers ./handlers
RUN npm run build

FROM ${RUN_IMAGE}
WORKDIR /function
COPY --from=build /function/dist/ ./
# As the platform runs it: no root, nothing to write but the socket's directory.
USER 1000:1000
ENTRYPOINT ["node", "func.cjs"]
