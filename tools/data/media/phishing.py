#!/usr/bin/env python3
"""Makes phishing.mp4 and phishing.vtt: a message taken apart in seven slides. Needs chromium and ffmpeg.

    python3 tools/data/media/phishing.py OUT_FOLDER
"""
import pathlib, subprocess, sys, tempfile

SLIDES = [  # seconds, what is marked, caption
    (8, "", "A message arrives in the office inbox at ten past nine. It looks like it comes from the mail service. Let us take it apart."),
    (10, "from", "First the sender. The name says Mail Support, but the address behind it ends in a domain that your office does not use."),
    (10, "hurry", "Then the hurry. Twenty-four hours, or the account is closed. A service that knows you does not threaten you."),
    (10, "link", "The link. What you read is one address; what your pointer shows is another. Read from the right: the last two words decide."),
    (10, "ask", "What it asks for: a password. Nobody who runs the service needs yours, so nobody honest asks for it."),
    (10, "attach", "The attachment ends in dot p d f dot e x e. The last ending is the true one, and it is a program."),
    (12, "do", "What to do: do not answer and do not open. Report it to your information security officer, then delete it. If you did click, say so at once."),
]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><style>
body{{margin:0;width:854px;height:480px;background:#fdfdfb;color:#14181f;font:20px/1.4 "Noto Sans",sans-serif}}
.m{{margin:34px 48px;border:2px solid #14181f;padding:18px 26px}} p{{margin:0 0 11px}} b{{color:#1b2f8f}} .k{{color:#596070}}
.on{{background:#f6c65b;outline:4px solid #f6c65b}} .do{{position:absolute;left:48px;bottom:22px;font-weight:700;font-size:23px;visibility:hidden}} .do.on{{visibility:visible}}
</style><div class="m"><p><span class="k">From:</span> <span class="{from}">Mail Support &lt;support@nic-mail-verify.example&gt;</span></p>
<p><span class="k">Subject:</span> Your mailbox is full</p><p>Dear user,</p><p><span class="{hurry}">Your account will be closed within 24 hours.</span></p>
<p>To keep it, <span class="{ask}">confirm your password</span> here:</p><p><b class="{link}">https://mail.gov.in.account-check.example/login</b></p>
<p><span class="k">Attached:</span> <span class="{attach}">instructions.pdf.exe</span></p></div><p class="do {do}">Do not answer. Do not open. Report, then delete.</p></html>"""


def clock(s):
    return f"00:{s // 60:02d}:{s % 60:02d}.000"


def main():
    out = pathlib.Path(sys.argv[1])
    work = pathlib.Path(tempfile.mkdtemp())
    parts, vtt, at = [], ["WEBVTT", ""], 0
    for n, (seconds, mark, caption) in enumerate(SLIDES):
        page = work / f"{n}.html"
        page.write_text(PAGE.format(**{k: "on" if k == mark else "" for k in ("from", "hurry", "link", "ask", "attach", "do")}), encoding="utf-8")
        subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=854,480", f"--screenshot={work}/{n}.png", page.as_uri()],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        parts.append(f"file '{work}/{n}.png'\nduration {seconds}")
        vtt += [f"{clock(at)} --> {clock(at + seconds)}", caption, ""]
        at += seconds
    (work / "list").write_text("\n".join(parts + [parts[-1].split("\n")[0]]) + "\n")
    subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-f", "concat", "-safe", "0", "-i", f"{work}/list", "-vf", "fps=5,scale=854:480,format=yuv420p", "-c:v", "libx264", "-preset", "veryslow",
                    "-crf", "30", "-movflags", "+faststart", "-fflags", "+bitexact", "-map_metadata", "-1", str(out / "phishing.mp4")], check=True)
    (out / "phishing.vtt").write_text("\n".join(vtt), encoding="utf-8")


main()
