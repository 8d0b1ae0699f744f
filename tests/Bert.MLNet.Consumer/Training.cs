using Microsoft.ML;

namespace Bert.MLNet.Consumer;

/// <summary>A training in a program that brings no libtorch, and once more when it knows a folder that has it.</summary>
internal static class Training
{
    public static void Run(string? torchFolder)
    {
        try
        {
            Train();
        }
        catch (DllNotFoundException e)
        {
            Console.WriteLine(e.Message);
        }
        if (torchFolder is null)
            return;
        Environment.SetEnvironmentVariable("LIBTORCH", torchFolder);
        Train();
        Console.WriteLine("It has trained.");
    }

    private static void Train()
    {
        var ml = new MLContext();
        IDataView rows = ml.Data.LoadFromEnumerable([new Row { Text = "good", Label = true }, new Row { Text = "bad" }]);
        ml.BinaryClassification.Trainers.TextClassification(sentence1ColumnName: "Text", maxEpochs: 1).Fit(rows).Dispose();
    }
}
