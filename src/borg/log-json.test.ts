import { describe, expect, it } from "vitest";
import { isProgress, parseLogLine } from "./log-json";

describe("parseLogLine", () => {
  it("reads progress with its numbers and the last line that holds nothing but finished", () => {
    const line = parseLogLine(
      '{"original_size": 5, "compressed_size": 4, "deduplicated_size": 3, "nfiles": 2, "path": "usr/a", "time": 1.5, "type": "archive_progress", "finished": false}',
    );
    expect(line).toEqual({
      type: "archive_progress",
      original_size: 5,
      compressed_size: 4,
      deduplicated_size: 3,
      nfiles: 2,
      path: "usr/a",
      finished: false,
    });
    expect(isProgress(line)).toBe(true);
    expect(parseLogLine('{"type": "archive_progress", "finished": true, "time": 2}')).toEqual({
      type: "archive_progress",
      finished: true,
    });
  });

  it("keeps the message id of an error", () => {
    expect(
      parseLogLine(
        '{"type": "log_message", "time": 1, "message": "Repository x does not exist.", "levelname": "ERROR", "name": "borg.archiver", "msgid": "Repository.DoesNotExist"}',
      ),
    ).toMatchObject({ type: "log_message", levelname: "ERROR", msgid: "Repository.DoesNotExist" });
  });

  it("turns every kind of question into one kind", () => {
    expect(
      parseLogLine('{"type": "question_prompt", "msgid": "BORG_RELOCATED", "message": "ok? [yN]"}'),
    ).toEqual({ type: "question", msgid: "BORG_RELOCATED", message: "ok? [yN]" });
  });

  it.each([
    ["ssh: connect to host x port 22: Connection refused"],
    ['{"type": "archive_progress", "original'],
    ['{"type": "never heard of"}'],
    ['{"type": "file_status"}'],
    ["{}"],
    ["{"],
    [""],
  ])("hands on %j as text instead of failing", (given) => {
    expect(parseLogLine(given)).toEqual({ type: "text", message: given });
  });
});
