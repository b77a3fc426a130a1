# Two images of the same build: `web` (console and API) and `storage` (worker, keeper, sshd). compose.yaml puts them together.
# The steps are the scripts of src/supervisor/image; `npm run fresh-machine` runs them in a bare Debian as well.

FROM node:22-bookworm AS build
WORKDIR /src
COPY . .
RUN src/supervisor/image/build.sh && src/supervisor/image/assemble.sh /src /out

FROM node:22-bookworm-slim AS web
COPY --from=build /out /opt/bbs
ENV BBS_DATA=/var/bbs
VOLUME /var/bbs
EXPOSE 3000
HEALTHCHECK --start-period=60s --interval=15s CMD ["node", "/opt/bbs/src/supervisor/image/healthy.mjs", "web"]
CMD ["node", "/opt/bbs/dist/supervisor.mjs", "web"]

FROM node:22-bookworm-slim AS storage
COPY --from=build /out /opt/bbs
RUN /opt/bbs/src/supervisor/image/install-packages.sh storage
ENV BBS_DATA=/var/bbs
VOLUME /var/bbs
EXPOSE 2222
HEALTHCHECK --start-period=60s --interval=15s CMD ["node", "/opt/bbs/src/supervisor/image/healthy.mjs", "storage"]
CMD ["node", "/opt/bbs/dist/supervisor.mjs", "storage"]
