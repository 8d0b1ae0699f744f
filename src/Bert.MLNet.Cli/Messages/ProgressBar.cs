using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bert.MLNet.Cli.Messages;

/// <summary>A progress bar on a terminal, which disappears when it is disposed.</summary>
internal sealed class ProgressBar : IDisposable
{
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SpeedColumn _speed = new();
    private readonly Task _display;
    private ProgressTask? _task;

    /// <param name="terminal">The terminal.</param>
    /// <param name="ansi">Whether the terminal supports escape sequences; detected by default.</param>
    public ProgressBar(TextWriter terminal, AnsiSupport ansi = AnsiSupport.Detect)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Ansi = ansi, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(terminal) });
        _display = console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), _speed)
            .StartAsync(context =>
            {
                _task = context.AddTask("starting", maxValue: 1);
                _task.IsIndeterminate = true;
                return _end.Task;
            });
    }

    public void Show(ProgressState state)
    {
        if (_task is not { } task)
            return;
        task.Description = Markup.Escape(state.What);
        task.IsIndeterminate = state.Share is null;
        task.Value = state.Share ?? 0;
        _speed.Text = state.Speed;
    }

    public void Dispose()
    {
        _end.TrySetResult();
        _display.GetAwaiter().GetResult();
    }

    private sealed class SpeedColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(Text);
    }
}
