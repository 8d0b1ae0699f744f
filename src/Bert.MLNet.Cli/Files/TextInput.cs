namespace Bert.MLNet.Cli.Files;

/// <summary>The texts of a line as a row of a pipeline; missing texts are empty.</summary>
internal sealed class TextInput
{
    public string Text { get; set; } = "";

    public string Pair { get; set; } = "";

    public static TextInput[] Of(JsonLine line) => [new TextInput { Text = line.Text("text") ?? "", Pair = line.Text("pair") ?? "" }];
}
