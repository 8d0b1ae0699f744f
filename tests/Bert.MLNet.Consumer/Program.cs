using Microsoft.ML;
using Microsoft.ML.Data;

// model.zip, texts (tab-separated, one or two a line), the name of a vector or scalar column of floats: prints its bits, a row a line.
// repeat, several model.zip: prints again the predictions that stand beside each in a file .jsonl.
// train: says why it cannot. train FOLDER: tries again with libtorch from a folder.
if (args is ["train", ..])
{
    Bert.MLNet.Consumer.Training.Run(args.ElementAtOrDefault(1));
    return;
}
if (args is ["repeat", ..])
{
    foreach (string modelFile in args[1..])
    {
        foreach (string line in Bert.MLNet.Consumer.PredictionLines.Repeat(
            modelFile, File.ReadLines(Path.ChangeExtension(modelFile, ".jsonl"))))
            Console.WriteLine(line);
    }
    return;
}
var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView texts = ml.Data.LoadFromEnumerable(File.ReadLines(args[1]).Select(line => line.Split('\t')).Select(columns => new Row
{
    Text = columns[0],
    Sentence1 = columns[0],
    Sentence2 = columns[^1],
}));
IDataView result = model.Transform(texts);
IEnumerable<float[]> rows = result.Schema[args[2]].Type is VectorDataViewType
    ? result.GetColumn<float[]>(args[2])
    : result.GetColumn<float>(args[2]).Select(value => new[] { value });
foreach (float[] row in rows)
    Console.WriteLine(string.Join(' ', row.Select(value => $"{BitConverter.SingleToUInt32Bits(value):x8}")));

internal sealed class Row
{
    public string Text { get; set; } = "";

    public string Sentence1 { get; set; } = "";

    public string Sentence2 { get; set; } = "";

    public bool Label { get; set; }
}
