using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Onnx;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>Fitted pipelines as ONNX files, run by ML.NET's own step for such files, behind the tokenizer.</summary>
internal static class OnnxPipeline
{
    public static MLContext ML { get; } = new(seed: 1);

    public static BertModel Tiny { get; } = new TinyCheckpoint().Load();

    public static Row[] Rows { get; } =
    [
        .. Enumerable.Range(0, 24).Select(i => new Row
        {
            Text = (i % 3) switch { 0 => "the film is great , i love it", 1 => "bad and poor service", _ => "a phone" } + $" {i}",
            Other = i % 2 == 0 ? "very good" : "the screen is not so good",
            Label = (i % 3) switch { 0 => "praise", 1 => "blame", _ => "neither" },
            IsGood = i % 3 == 0,
            Stars = 5 - i % 3 * 2,
            Words = i,
        }),
    ];

    public static IDataView View { get; } = ML.Data.LoadFromEnumerable(Rows);

    public sealed class Row
    {
        public string Text { get; set; } = "";

        public string Other { get; set; } = "";

        public string Label { get; set; } = "";

        public bool IsGood { get; set; }

        public float Stars { get; set; }

        public float Words { get; set; }
    }

    /// <summary>The step that creates the inputs of a file.</summary>
    public static BertTokenizerEstimator.Options Tokens(BertModel model) => new()
    {
        Model = model,
        InputIdsColumnName = "input_ids",
        AttentionMaskColumnName = "attention_mask",
        TokenTypeIdsColumnName = "token_type_ids",
    };

    /// <summary>The inputs of a file, in order.</summary>
    public static string[] InputsOf(string file)
    {
        using var session = new InferenceSession(file);
        return [.. session.InputNames];
    }

    /// <summary>The outputs of a file, in order.</summary>
    public static string[] OutputsOf(string file)
    {
        using var session = new InferenceSession(file);
        return [.. session.OutputNames];
    }

    /// <summary>Runs a file row by row, on data that already has its inputs, or gets them from the tokenizer of a model.</summary>
    public static IDataView Run(string file, IDataView data, BertModel? model, params string[] outputs)
    {
        if (model is not null)
            data = ML.Transforms.Text.ApplyBertTokenizer(Tokens(model)).Fit(data).Transform(data);
        return ML.Transforms.ApplyOnnxModel(new OnnxOptions { ModelFile = file, InputColumns = InputsOf(file), OutputColumns = outputs })
            .Fit(data).Transform(data);
    }

    /// <summary>The numbers of a column, whatever their type: one row after the other.</summary>
    public static double[] Numbers(IDataView view, string column)
    {
        DataViewType type = view.Schema[column].Type;
        DataViewType item = type is VectorDataViewType vector ? vector.ItemType : type;
        return item == BooleanDataViewType.Instance
            ? [.. Values<bool>(view, column).Select(value => value ? 1.0 : 0)]
            : [.. Values<float>(view, column).Select(value => (double)value)];
    }

    private static IEnumerable<T> Values<T>(IDataView view, string column) => view.Schema[column].Type is VectorDataViewType
        ? view.GetColumn<T[]>(column).SelectMany(row => row)
        : view.GetColumn<T>(column);

    /// <summary>The texts of a column, in a vector of one or alone.</summary>
    public static string[] Texts(IDataView view, string column) => view.Schema[column].Type is VectorDataViewType
        ? [.. view.GetColumn<string[]>(column).Select(row => Assert.Single(row))]
        : [.. view.GetColumn<string>(column)];

    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance = 1e-4)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
